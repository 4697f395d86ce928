/** Users typed in by hand, as in a spreadsheet; what is copied from one can be pasted. It becomes a CSV file in the end. */
import { Button, Checkbox } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { useQuery } from '@tanstack/react-query'
import { type ClipboardEvent, useState } from 'react'
import { useWords } from '../../words/words.ts'
import { databasesQuery } from '../batch-queries.ts'
import { rowShown } from './row-numbers.ts'
import type { StepProps } from './steps.ts'
import { wantsTargetLogins } from './target-logins.ts'
import { BLANK } from './use-users.ts'

/** More are a matter for a file. */
const MOST = 200
const COLUMNS = [
  ['emailAddress', 'EmailAddress'],
  ['userName', 'UserName'],
  ['password', 'Password'],
] as const
const TARGET = [
  ['targetUserName', 'TargetUserName'],
  ['targetPassword', 'TargetPassword'],
] as const
type Column = (typeof COLUMNS)[number] | (typeof TARGET)[number]

export function TypedRows({ draft, users }: Pick<StepProps, 'draft' | 'users'>) {
  const words = useWords()
  const { data } = useQuery(databasesQuery)
  const database = data?.items.find(({ identity, isDefault }) =>
    draft.database === '' ? isDefault : identity === draft.database,
  )
  const isWanted = database !== undefined && wantsTargetLogins(database)
  const isUsed = users.rows.some((row) => row.targetUserName !== '' || row.targetPassword !== '')
  const [wishes, setWishes] = useState<boolean | null>(null)
  const hasTarget = isUsed || (wishes ?? isWanted)
  const columns: readonly Column[] = hasTarget ? [...COLUMNS, ...TARGET] : COLUMNS
  const rows = users.rows.length === 0 ? [BLANK] : users.rows

  const fill = (from: number, column: number, cells: readonly (readonly string[])[]) => {
    const filled = [...rows]
    for (const [down, line] of cells.entries()) {
      if (from + down >= MOST) break
      const row = { ...(filled[from + down] ?? BLANK) }
      for (const [right, cell] of line.entries()) {
        const name = columns[column + right]?.[0]
        if (name !== undefined) row[name] = cell
      }
      filled[from + down] = row
    }
    users.setRows(filled)
  }
  const paste = (event: ClipboardEvent, row: number, column: number) => {
    const text = event.clipboardData.getData('text/plain').replace(/\r?\n$/, '')
    // One value goes where the cursor is, as anywhere.
    if (!/[\t\n]/.test(text)) return
    event.preventDefault()
    const lines = text.split(/\r?\n/).map((line) => line.split('\t'))
    const isHeader = lines[0]?.some((cell) => cell.trim() === 'EmailAddress')
    fill(row, isHeader ? 0 : column, isHeader ? lines.slice(1) : lines)
  }
  const faultyCells = new Set(
    users.looked?.badRows.flatMap(({ rowNumber, faulty }) =>
      faulty.map((index) => `${rowShown('typed', rowNumber)} ${users.looked?.columns[index] ?? ''}`),
    ),
  )
  return (
    <>
      <p>{words.wizard.typedLead}</p>
      <p className="small">{words.wizard.typedNotKept}</p>
      {users.lacksPasswords && draft.uploaded === null && <p>{words.wizard.typedAgain}</p>}
      <div className="scroll">
        <table className="sheet typed" aria-label={words.wizard.usersTyped}>
          <thead>
            <tr>
              <th scope="col">{words.wizard.csvRow}</th>
              {columns.map(([name, header]) => (
                <th key={name} scope="col">
                  {header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              // oxlint-disable-next-line react/no-array-index-key
              <tr key={index}>
                <th scope="row">{index + 1}</th>
                {columns.map(([name, header], at) => {
                  const isFaulty = faultyCells.has(`${index + 1} ${header}`)
                  return (
                    <td key={name} className={isFaulty ? 'faulty' : undefined}>
                      <input
                        type={header.endsWith('Password') ? 'password' : 'text'}
                        autoComplete={header.endsWith('Password') ? 'new-password' : 'off'}
                        spellCheck={false}
                        aria-label={words.wizard.typedCell(header, index + 1)}
                        aria-invalid={isFaulty || undefined}
                        value={row[name]}
                        onPaste={(event) => paste(event, index, at)}
                        onChange={({ target }) => fill(index, at, [[target.value]])}
                      />
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="wizard-buttons">
        <Button
          icon={<AddRegular />}
          disabledFocusable={rows.length >= MOST}
          onClick={() => users.setRows([...rows, BLANK])}
        >
          {words.wizard.typedAdd}
        </Button>
        <Checkbox
          label={words.wizard.typedTarget}
          checked={hasTarget}
          disabled={isUsed}
          onChange={(_, { checked }) => setWishes(checked === true)}
        />
      </div>
      {rows.length >= MOST && <p className="small">{words.wizard.typedMost(MOST)}</p>}
    </>
  )
}
