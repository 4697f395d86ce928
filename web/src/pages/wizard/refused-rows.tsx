/** The rows that the service refuses though the file is right: those of another batch, two of one mailbox. */
import { MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components'
import type { CsvFileCheck } from '#contract/batch.ts'
import { translated } from '../../words/said.ts'
import { useWords } from '../../words/words.ts'
import type { Draft } from './draft.ts'
import { rowShown, textShown } from './row-numbers.ts'

const MOST_SHOWN = 100

interface RefusedRowsProps {
  readonly usersFrom: Draft['usersFrom']
  readonly rows: CsvFileCheck['refused']
  readonly count: number
}

export function RefusedRows({ usersFrom, rows, count }: RefusedRowsProps) {
  const words = useWords()
  if (count === 0) return null
  const title = words.wizard.refused(count)
  const shown = rows.slice(0, MOST_SHOWN)
  return (
    <>
      <MessageBar intent="warning" layout="multiline" role="alert">
        <MessageBarBody>
          <MessageBarTitle>{title}</MessageBarTitle> {words.wizard.refusedLead}
        </MessageBarBody>
      </MessageBar>
      <div className="scroll faults" role="region" aria-label={title} tabIndex={0}>
        <table className="sheet" aria-label={title}>
          <thead>
            <tr>
              <th scope="col">{words.wizard.csvRow}</th>
              <th scope="col">EmailAddress</th>
              <th scope="col">{words.wizard.csvProblem}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ rowNumber, emailAddress, message, errorDetail }) => (
              <tr key={rowNumber}>
                <th scope="row">{rowShown(usersFrom, rowNumber)}</th>
                <td>{emailAddress}</td>
                <td className="wraps">
                  {textShown(usersFrom, message)} {translated(errorDetail)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {count > shown.length && <p className="small">{words.wizard.csvMoreFaults(count - shown.length)}</p>}
    </>
  )
}
