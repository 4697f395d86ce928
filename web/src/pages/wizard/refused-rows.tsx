/** The rows that the service refuses though the file is right: those of another batch, two of one mailbox. */
import type { CsvFileCheck } from '#contract/batch.ts'
import { translated } from '../../words/said.ts'
import { useWords } from '../../words/words.ts'
import type { Draft } from './draft.ts'
import { rowShown, textShown } from './row-numbers.ts'
import { RowsSheet } from './rows-sheet.tsx'

const MOST_SHOWN = 100

interface RefusedRowsProps {
  readonly usersFrom: Draft['usersFrom']
  readonly rows: CsvFileCheck['refused']
  readonly count: number
}

export function RefusedRows({ usersFrom, rows, count }: RefusedRowsProps) {
  const words = useWords()
  if (count === 0) return null
  return (
    <RowsSheet
      title={words.wizard.refused(count)}
      lead={words.wizard.refusedLead}
      heads={['EmailAddress']}
      count={count}
      rows={rows.slice(0, MOST_SHOWN).map(({ rowNumber, emailAddress, message, errorDetail }) => ({
        rowNumber: rowShown(usersFrom, rowNumber),
        problem: `${textShown(usersFrom, message)} ${translated(errorDetail)}`,
        cells: <td>{emailAddress}</td>,
      }))}
    />
  )
}
