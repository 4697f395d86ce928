/** The CSV file: uploaded once, checked by the service, its faults row by row; and the batch's name. */
import {
  Button,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  Spinner,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
} from '@fluentui/react-components'
import { ArrowUploadRegular } from '@fluentui/react-icons/svg/arrow-upload'
import { useMutation } from '@tanstack/react-query'
import { type DragEvent, useRef, useState } from 'react'
import type { CsvFile } from '#contract/batch.ts'
import { ask, urlOf } from '../../api.ts'
import { RefusalBar } from '../../ui/refusal-bar.tsx'
import { useWords } from '../../words/words.ts'
import { nameOf } from './draft.ts'
import type { StepProps } from './steps.ts'

export function UsersStep({ draft, change }: StepProps) {
  const words = useWords()
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setOver] = useState(false)
  const upload = useMutation({
    mutationFn: (file: File) => ask('uploadCsv', { body: file }),
    onMutate: () => change({ csv: null }),
    onSuccess: (csv, file) => change({ csv: { ...csv, fileName: file.name } }),
  })
  const take = (file: File | null | undefined) => file && upload.mutate(file)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files.item(0))
  }
  const { csv } = draft
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
        <p>{csv === null ? words.wizard.csvDrop : words.wizard.csvChosen(csv.fileName)}</p>
        <Button appearance={csv === null ? 'primary' : 'secondary'} onClick={() => input.current?.click()}>
          {csv === null ? words.wizard.csvChoose : words.wizard.csvAgain}
        </Button>
        <input
          ref={input}
          type="file"
          accept=".csv,text/csv"
          aria-label={words.wizard.csv}
          tabIndex={-1}
          className="unseen"
          onChange={({ target }) => {
            take(target.files?.item(0))
            // The same file, corrected, is a change, too.
            target.value = ''
          }}
        />
        <a href={urlOf('getCsvTemplate')} download="users.csv">
          {words.wizard.csvTemplate}
        </a>
      </div>
      {upload.isPending && <Spinner label={words.wizard.csvChecking(upload.variables.name)} />}
      <RefusalBar thrown={upload.error} />
      {csv !== null && <Checked csv={csv} />}
      <Field label={words.wizard.name} required>
        <Input value={nameOf(draft)} maxLength={64} onChange={(_, { value }) => change({ name: value })} />
      </Field>
    </>
  )
}

function Checked({ csv }: { readonly csv: CsvFile }) {
  const words = useWords()
  return (
    <>
      <MessageBar intent={csv.users > 0 ? 'success' : 'error'} role="status">
        <MessageBarBody>{csv.users > 0 ? words.wizard.csvToMigrate(csv.users) : words.wizard.csvNobody}</MessageBarBody>
      </MessageBar>
      {csv.warnings.map((warning) => (
        <MessageBar key={warning} intent="warning" layout="multiline">
          <MessageBarBody>{warning}</MessageBarBody>
        </MessageBar>
      ))}
      {csv.badRows.length > 0 && (
        <>
          <MessageBar intent="warning" layout="multiline" role="alert">
            <MessageBarBody>
              <MessageBarTitle>{words.wizard.csvFaults(csv.badRows.length)}</MessageBarTitle>{' '}
              {words.wizard.csvFaultsLead}
            </MessageBarBody>
          </MessageBar>
          <div className="scroll faults" role="region" aria-label={words.wizard.csvProblem} tabIndex={0}>
            <Table size="small" aria-label={words.wizard.csvFaults(csv.badRows.length)}>
              <TableHeader>
                <TableRow>
                  <TableHeaderCell className="short">{words.wizard.csvRow}</TableHeaderCell>
                  <TableHeaderCell className="short">{words.wizard.csvColumn}</TableHeaderCell>
                  <TableHeaderCell>{words.wizard.csvProblem}</TableHeaderCell>
                </TableRow>
              </TableHeader>
              <TableBody>
                {csv.badRows.map(({ rowNumber, column, message }) => (
                  <TableRow key={rowNumber}>
                    <TableCell>{rowNumber}</TableCell>
                    <TableCell>{column ?? '—'}</TableCell>
                    <TableCell className="wraps">{message}</TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
          </div>
        </>
      )}
    </>
  )
}
