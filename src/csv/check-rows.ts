import { addressKey, isSmtpAddress } from './address.ts'
import { isSecret } from './columns.ts'
import type { ColumnName } from './columns.ts'
import { separatorIn } from './login-template.ts'
import type { LoginTemplate } from './login-template.ts'
import type { Row } from './read-rows.ts'

/** One row that can run. Everything is verbatim as the file has it, the passwords too. */
export interface CsvUser {
  /** The line that a spreadsheet shows; the header is row 1. */
  readonly rowNumber: number
  readonly emailAddress: string
  readonly userName: string
  readonly password: string
  /** Null, here and below, where the column is absent or holds nothing but blanks. */
  readonly userRoot: string | null
  readonly targetDatabase: string | null
  readonly targetUserName: string | null
  /** Null only where absent or empty: a password of blanks is a password. */
  readonly targetPassword: string | null
  /** The row as written, secrets emptied: for the errors CSV, should this user fail later. */
  readonly cells: readonly string[]
}

/** One row that cannot run; it does not stop the others. */
export interface BadRow {
  readonly rowNumber: number
  /** The row as written, secrets emptied. */
  readonly cells: readonly string[]
  /** Where something is wrong, in the order of the message. */
  readonly columns: readonly ColumnName[]
  /** All that is wrong with it, in one sentence that quotes no cell. */
  readonly message: string
}

/** Row by row, in the order of exchange-semantics.md §4. Of several rows with one address the first that can run does. */
export function checkRows(
  header: readonly string[],
  rows: readonly Row[],
  template: LoginTemplate | null,
  keepsPasswords = false,
) {
  const at = (name: ColumnName) => header.indexOf(name)
  const columns = {
    emailAddress: at('EmailAddress'),
    userName: at('UserName'),
    password: at('Password'),
    userRoot: at('UserRoot'),
    targetDatabase: at('TargetDatabase'),
    targetUserName: at('TargetUserName'),
    targetPassword: at('TargetPassword'),
  }
  const secret = header.map(isSecret)
  const users: CsvUser[] = []
  const badRows: BadRow[] = []
  const firstRows = new Map<string, number>()
  for (const { rowNumber, cells } of rows) {
    const unlessBlank = (index: number) =>
      cells[index] === undefined || cells[index].trim() === '' ? null : cells[index]
    const user: CsvUser = {
      rowNumber,
      emailAddress: cells[columns.emailAddress] ?? '',
      userName: cells[columns.userName] ?? '',
      password: cells[columns.password] ?? '',
      userRoot: unlessBlank(columns.userRoot),
      targetDatabase: unlessBlank(columns.targetDatabase),
      targetUserName: unlessBlank(columns.targetUserName),
      targetPassword: cells[columns.targetPassword] || null,
      cells: cells.map((cell, index) => (secret[index] === true ? '' : cell)),
    }
    const wrong = faultsOf(user, template, keepsPasswords)
    const key = addressKey(user.emailAddress)
    const first = firstRows.get(key)
    if (first !== undefined) wrong.push(['EmailAddress', `is the same as in row ${first}, and only that row runs`])
    if (wrong.length > 0) {
      badRows.push({
        rowNumber,
        cells: user.cells,
        columns: [...new Set(wrong.map(([column]) => column))],
        message: wrong.map(([column, what]) => `${column} ${what}`).join('; '),
      })
    } else {
      firstRows.set(key, rowNumber)
      users.push(user)
    }
  }
  return { users, badRows }
}

// Pasting brings no-break and zero-width blanks along, which nobody sees in a cell.
const BLANK = 'has a blank at its beginning or end'
const blankAtAnEnd = /^[\s\u200B\u2060]|[\s\u200B\u2060]$/

/** Whatever the log-in mechanism, these end or break it; a cell with them is nearly always a quotation mark gone astray. */
const lineBreakOrNul = /[\0\r\n]/

type CellFault = readonly [column: ColumnName, what: string]

function faultsOf(user: CsvUser, template: LoginTemplate | null, keepsPasswords: boolean): CellFault[] {
  const wrong: CellFault[] = []
  if (user.emailAddress.trim() === '') wrong.push(['EmailAddress', 'is empty'])
  else if (blankAtAnEnd.test(user.emailAddress)) wrong.push(['EmailAddress', BLANK])
  else if (!isSmtpAddress(user.emailAddress)) wrong.push(['EmailAddress', 'is not a valid address (name@domain)'])
  if (user.userName.trim() === '') wrong.push(['UserName', 'is empty'])
  else if (blankAtAnEnd.test(user.userName)) wrong.push(['UserName', BLANK])
  if (user.password === '' && !keepsPasswords) wrong.push(['Password', 'is empty'])
  if (user.targetUserName !== null && blankAtAnEnd.test(user.targetUserName)) {
    wrong.push(['TargetUserName', BLANK])
  }
  const singleLine = [
    ['UserName', user.userName],
    ['Password', user.password],
    ['UserRoot', user.userRoot],
    ['TargetDatabase', user.targetDatabase],
    ['TargetUserName', user.targetUserName],
    ['TargetPassword', user.targetPassword],
  ] as const
  for (const [name, value] of singleLine) {
    if (value !== null && lineBreakOrNul.test(value)) wrong.push([name, 'holds a line break or a NUL character'])
  }
  const separator = template === null ? null : separatorFault(user, template)
  if (separator !== null) wrong.push(separator)
  return wrong
}

/** A row with a target log-in and password of its own does not use the template, so its log-in may be any. */
function separatorFault(user: CsvUser, template: LoginTemplate): CellFault | null {
  if (user.targetUserName !== null && user.targetPassword !== null) return null
  const filling = [
    template.takesUser ? (user.targetUserName === null ? 'EmailAddress' : 'TargetUserName') : null,
    template.takesAddress ? 'EmailAddress' : null,
  ] as const
  for (const name of new Set(filling)) {
    if (name === null) continue
    const value = name === 'EmailAddress' ? user.emailAddress : (user.targetUserName ?? '')
    const found = separatorIn(value, template)
    if (found !== null) return [name, `holds ${found}, which separates the names in the log-in template`]
  }
  return null
}
