import { checkFile } from './check-file.ts'
import { checkRows } from './check-rows.ts'
import type { BadRow, CsvUser } from './check-rows.ts'
import { decode } from './decode.ts'
import type { CsvEncoding } from './decode.ts'
import { batchLimits } from './limits.ts'
import type { CsvLimits } from './limits.ts'
import { readLoginTemplate } from './login-template.ts'
import { readRows } from './read-rows.ts'
import type { Row } from './read-rows.ts'
import { tooLarge } from './too-large.ts'

export interface CsvOptions {
  /** Pass over columns that are not ours, with a warning for each. */
  readonly allowUnknownColumns: boolean
  /** The log-in template of the target, if one is in use: `{user}*{admin}`. Its separators are then row errors. */
  readonly targetLogin?: string | null
  /** An empty Password means that the stored one is kept: of a file that changes users who are there. */
  readonly keepsPasswords?: boolean
}

export interface CsvCheck {
  /** The header as written. */
  readonly columns: readonly string[]
  readonly encoding: CsvEncoding
  /** In the order of the file. */
  readonly users: readonly CsvUser[]
  /** In the order of the file. */
  readonly badRows: readonly BadRow[]
  /** One sentence each; they quote column names, never a cell. */
  readonly warnings: readonly string[]
}

/**
 * A whole IMAP CSV file, checked. Throws a Fault of scope `request` and code `CSV_…` that names row, column and remedy
 * when the file as a whole is refused; a bad row is only listed. No Fault, warning or message holds a password.
 */
export function checkCsv(bytes: Uint8Array, options: CsvOptions): CsvCheck {
  const { rows, encoding, warnings } = readCheckedFile(bytes, options.allowUnknownColumns, batchLimits)
  const template = options.targetLogin == null ? null : readLoginTemplate(options.targetLogin)
  return {
    columns: rows.header,
    encoding,
    ...checkRows(rows.header, rows.rows, template, options.keepsPasswords),
    warnings,
  }
}

/** The part that refuses files, shared with splitting. */
export function readCheckedFile(bytes: Uint8Array, allowUnknownColumns: boolean, limits: CsvLimits) {
  if (bytes.length > limits.bytes) throw tooLarge('the file', limits)
  const { text, encoding } = decode(bytes)
  const rows = readRows(text, limits)
  const warnings = checkFile(rows, allowUnknownColumns)
  if (encoding === 'windows-1252') warnings.unshift(windowsWarning(rows.rows))
  if (rows.emptyRows.length > 0)
    warnings.push(`${rowList(rows.emptyRows)} nothing but ${rows.separator}s and no value: left out`)
  return { rows, encoding, warnings }
}

function windowsWarning(rows: readonly Row[]): string {
  const doubtful = rows.filter(({ cells }) => cells.some((cell) => /\P{ASCII}/u.test(cell))).map((row) => row.rowNumber)
  const where = doubtful.length === 0 ? '' : `; ${rowList(doubtful)} letters that depend on it`
  return `The file is not Unicode and was read as windows-1252${where}. Save it as "CSV UTF-8" to be sure of accents, also in passwords`
}

/** `rows 3, 7, 9 and 12 more hold`: never a page of numbers. */
function rowList(numbers: readonly number[]): string {
  const shown = numbers.slice(0, 5).join(', ')
  const rest = numbers.length > 5 ? ` and ${numbers.length - 5} more` : ''
  return `${numbers.length === 1 ? 'row' : 'rows'} ${shown}${rest} ${numbers.length === 1 ? 'holds' : 'hold'}`
}
