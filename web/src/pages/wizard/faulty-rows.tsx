/** The rows that cannot be migrated, each as the file has it, with the cells that are wrong marked and passwords masked. */
import type { Looked } from '#csv/look.ts'
import { translated } from '../../words/said.ts'
import { useWords } from '../../words/words.ts'
import type { Draft } from './draft.ts'
import { rowShown, textShown } from './row-numbers.ts'
import { RowsSheet } from './rows-sheet.tsx'

/** `UserName is empty; Password is empty`: the names of columns are the same in every language. */
const faultsOfRow = (message: string): string =>
  message
    .split('; ')
    .map((one) => {
      const [column = '', ...what] = one.split(' ')
      return `${column} ${translated(what.join(' '))}`
    })
    .join('; ')

interface FaultyRowsProps {
  readonly usersFrom: Draft['usersFrom']
  readonly looked: Looked
  readonly lead: string
}

export function FaultyRows({ usersFrom, looked, lead }: FaultyRowsProps) {
  const words = useWords()
  const { columns, badRows, badCount } = looked
  return (
    <RowsSheet
      title={words.wizard.csvFaults(badCount)}
      lead={lead}
      heads={columns}
      count={badCount}
      rows={badRows.map(({ rowNumber, cells, faulty, message }) => ({
        rowNumber: rowShown(usersFrom, rowNumber),
        problem: faultsOfRow(textShown(usersFrom, message)),
        cells: columns.map((name, index) => (
          // oxlint-disable-next-line react/no-array-index-key
          <td key={index} className={faulty.includes(index) ? 'faulty' : undefined}>
            {faulty.includes(index) ? (
              <mark aria-label={words.wizard.csvFaultyCell(name, cells[index] ?? '')}>
                {cells[index] || words.wizard.csvEmptyCell}
              </mark>
            ) : (
              cells[index]
            )}
          </td>
        )),
      }))}
    />
  )
}
