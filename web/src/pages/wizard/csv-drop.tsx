/** Where a CSV file is dropped, or chosen. */
import { ArrowUploadRegular } from '@fluentui/react-icons/svg/arrow-upload'
import { useState } from 'react'
import { urlOf } from '../../api.ts'
import { ErrorBar } from '../../ui/refusal-bar.tsx'
import { FileButton } from '../../ui/file-button.tsx'
import { useWords } from '../../words/words.ts'
import { useDroppedFiles } from './use-dropped-files.ts'

interface CsvDropProps {
  /** Of the one that was chosen last. */
  readonly fileName: string | null
  /** The page has it, or the service. */
  readonly isThere: boolean
  onTake(file: File): void
}

export function CsvDrop({ fileName, isThere, onTake }: CsvDropProps) {
  const words = useWords()
  const [isSeveral, setSeveral] = useState(false)
  const take = (file: File) => {
    setSeveral(false)
    onTake(file)
  }
  const isOver = useDroppedFiles((files) => {
    if (files.length > 1) setSeveral(true)
    else if (files[0] !== undefined) take(files[0])
  })
  return (
    <>
      <p>{words.wizard.csvLead}</p>
      <div className={isOver ? 'drop over' : 'drop'}>
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
          onTake={take}
        />
        <a href={urlOf('getCsvTemplate')} download="users.csv">
          {words.wizard.csvTemplate}
        </a>
      </div>
      {isSeveral && <ErrorBar detail={words.wizard.csvOneFile} />}
    </>
  )
}
