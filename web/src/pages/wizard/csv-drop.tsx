/** Where a CSV file is dropped, or chosen. */
import { ArrowUploadRegular } from '@fluentui/react-icons/svg/arrow-upload'
import { type DragEvent, useState } from 'react'
import { urlOf } from '../../api.ts'
import { FileButton } from '../../ui/file-button.tsx'
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
        <FileButton
          appearance={fileName === null ? 'primary' : 'secondary'}
          label={fileName === null ? words.wizard.csvChoose : words.wizard.csvAgain}
          fieldLabel={words.wizard.csv}
          accept=".csv,.txt,text/csv,text/plain"
          onTake={onTake}
        />
        <a href={urlOf('getCsvTemplate')} download="users.csv">
          {words.wizard.csvTemplate}
        </a>
      </div>
    </>
  )
}
