/** Rows of the file that are not as they should be: how many and what to do, then each with its number and what is wrong. */
import { MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components'
import type { ReactNode } from 'react'
import { useWords } from '../../words/words.ts'

interface RowsSheetProps {
  readonly title: string
  readonly lead: string
  /** Of the columns between the row's number and what is wrong. */
  readonly heads: readonly string[]
  readonly rows: readonly SheetRow[]
  /** Of all; those that are not among `rows` are counted. */
  readonly count: number
}

interface SheetRow {
  readonly rowNumber: number
  /** One cell for each of `heads`. */
  readonly cells: ReactNode
  readonly problem: string
}

export function RowsSheet({ title, lead, heads, rows, count }: RowsSheetProps) {
  const { wizard: words } = useWords()
  return (
    <>
      <MessageBar intent="warning" layout="multiline" role="alert">
        <MessageBarBody>
          <MessageBarTitle>{title}</MessageBarTitle> {lead}
        </MessageBarBody>
      </MessageBar>
      <div className="scroll faults" role="region" aria-label={title} tabIndex={0}>
        <table className="sheet" aria-label={title}>
          <thead>
            <tr>
              <th scope="col">{words.csvRow}</th>
              {heads.map((name, index) => (
                // oxlint-disable-next-line react/no-array-index-key
                <th key={index} scope="col">
                  {name}
                </th>
              ))}
              <th scope="col">{words.csvProblem}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ rowNumber, cells, problem }) => (
              <tr key={rowNumber}>
                <th scope="row">{rowNumber}</th>
                {cells}
                <td className="wraps">{problem}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {count > rows.length && <p className="small">{words.csvMoreFaults(count - rows.length)}</p>}
    </>
  )
}
