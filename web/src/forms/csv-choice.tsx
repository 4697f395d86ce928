/** A CSV file for a batch that is there: rows that are new to it, or rows that change those it has. */
import { Field, MessageBar, MessageBarBody, Radio, RadioGroup, Spinner } from '@fluentui/react-components'
import { ArrowUploadRegular } from '@fluentui/react-icons/svg/arrow-upload'
import { useMutation } from '@tanstack/react-query'
import type { CsvFile } from '#contract/batch.ts'
import { ask } from '../api.ts'
import { FileButton } from '../ui/file-button.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { useWords } from '../words/words.ts'

export interface Rows {
  readonly kind: 'none' | 'add' | 'change'
  readonly csv: (CsvFile & { readonly fileName: string }) | null
}

interface CsvChoiceProps {
  readonly value: Rows
  onChange(rows: Rows): void
  readonly allowUnknownColumns: boolean
}

export function CsvChoice({ value, onChange, allowUnknownColumns }: CsvChoiceProps) {
  const words = useWords()
  const { kind, csv } = value
  const upload = useMutation({
    mutationFn: (file: File) =>
      ask('uploadCsv', { body: file, ...(allowUnknownColumns && { query: { allowUnknownColumns: 'true' } }) }),
    onSuccess: (checked, file) => onChange({ kind, csv: { ...checked, fileName: file.name } }),
  })
  return (
    <>
      <Field label={words.editBatch.users}>
        <RadioGroup
          value={kind}
          onChange={(_, { value: chosen }) =>
            onChange({ kind: chosen as Rows['kind'], csv: chosen === 'none' ? null : csv })
          }
        >
          <Radio value="none" label={words.editBatch.usersNone} />
          <Radio value="add" label={words.editBatch.usersAdd} />
          <Radio value="change" label={words.editBatch.usersChange} />
        </RadioGroup>
      </Field>
      {kind !== 'none' && (
        <>
          <p className="small">{words.editBatch.usersHint}</p>
          <FileButton
            className="start"
            icon={<ArrowUploadRegular />}
            label={csv === null ? words.editBatch.csvChoose : words.editBatch.csvAgain}
            fieldLabel={words.editBatch.csv}
            accept=".csv,text/csv"
            onTake={(file) => {
              onChange({ kind, csv: null })
              upload.mutate(file)
            }}
          />
          {upload.isPending && <Spinner size="tiny" label={words.loading} />}
          <RefusalBar thrown={upload.error} />
          {csv === null && !upload.isPending && <p className="small">{words.editBatch.csvMissing}</p>}
          {csv !== null && (
            <MessageBar
              intent={csv.badRows.length > 0 || csv.warnings.length > 0 ? 'warning' : 'success'}
              layout="multiline"
              role="status"
            >
              <MessageBarBody>
                {csv.fileName}: {words.editBatch.csvRows(csv.users)}
                <ul>
                  {csv.warnings.map((warning) => (
                    <li key={warning}>{warning}</li>
                  ))}
                  {csv.badRows.map(({ rowNumber, message }) => (
                    <li key={rowNumber}>{words.editBatch.csvRow(rowNumber, message)}</li>
                  ))}
                </ul>
              </MessageBarBody>
            </MessageBar>
          )}
        </>
      )}
    </>
  )
}
