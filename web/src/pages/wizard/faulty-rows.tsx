/** The rows that cannot be migrated, each as the file has it, with the cells that are wrong marked and passwords masked. */
import { MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components'
import type { Looked } from '#csv/look.ts'
import { translated } from '../../words/said.ts'
import { useWords } from '../../words/words.ts'
import type { Draft } from './draft.ts'
import { rowShown, textShown } from './row-numbers.ts'

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
  const title = words.wizard.csvFaults(badCount)
  return (
    <>
      <MessageBar intent="warning" layout="multiline" role="alert">
        <MessageBarBody>
          <MessageBarTitle>{title}</MessageBarTitle> {lead}
        </MessageBarBody>
      </MessageBar>
      <div className="scroll faults" role="region" aria-label={words.wizard.csvProblem} tabIndex={0}>
        <table className="sheet" aria-label={title}>
          <thead>
            <tr>
              <th scope="col">{words.wizard.csvRow}</th>
              {columns.map((name, index) => (
                // oxlint-disable-next-line react/no-array-index-key
                <th key={index} scope="col">
                  {name}
                </th>
              ))}
              <th scope="col">{words.wizard.csvProblem}</th>
            </tr>
          </thead>
          <tbody>
            {badRows.map(({ rowNumber, cells, faulty, message }) => (
              <tr key={rowNumber}>
                <th scope="row">{rowShown(usersFrom, rowNumber)}</th>
                {columns.map((name, index) => (
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
                ))}
                <td className="wraps">{faultsOfRow(textShown(usersFrom, message))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {badCount > badRows.length && <p className="small">{words.wizard.csvMoreFaults(badCount - badRows.length)}</p>}
    </>
  )
}
