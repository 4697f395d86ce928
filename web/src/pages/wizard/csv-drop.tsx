/** Where a CSV file is dropped, or chosen. */
import { Button } from '@fluentui/react-components'
import { ArrowUploadRegular } from '@fluentui/react-icons/svg/arrow-upload'
import { type DragEvent, useRef, useState } from 'react'
import { urlOf } from '../../api.ts'
import { useWords } from '../../words/words.ts'

interface CsvDropProps {
  /** Of the one that was chosen last. */
  readonly fileName: string | null
  /** The page has it, or the service. */
  readonly isThere: boolean
  onTake(file: File): void
}

export function CsvDrop({ fileName, isThere, onTake }: CsvDropProps) {
  const words = useWords()
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const file = event.dataTransfer.files.item(0)
    if (file !== null) onTake(file)
  }
  return (
    <>
      <p>{words.wizard.csvLead}</p>
      <div
        className={isOver ? 'drop over' : 'drop'}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <ArrowUploadRegular fontSize={28} aria-hidden />
        <p>
          {fileName === null
            ? words.wizard.csvDrop
            : isThere
              ? words.wizard.csvChosen(fileName)
              : words.wizard.csvGone(fileName)}
        </p>
        <Button appearance={fileName === null ? 'primary' : 'secondary'} onClick={() => input.current?.click()}>
          {fileName === null ? words.wizard.csvChoose : words.wizard.csvAgain}
        </Button>
        <input
          ref={input}
          type="file"
          accept=".csv,.txt,text/csv,text/plain"
          aria-label={words.wizard.csv}
          tabIndex={-1}
          className="unseen"
          onChange={({ target }) => {
            const file = target.files?.item(0)
            if (file) onTake(file)
            // The same file, corrected, is a change, too.
            target.value = ''
          }}
        />
        <a href={urlOf('getCsvTemplate')} download="users.csv">
          {words.wizard.csvTemplate}
        </a>
      </div>
    </>
  )
}
