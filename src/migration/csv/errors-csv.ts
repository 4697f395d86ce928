import { errorColumn, isSecret } from '#csv/columns.ts'
import { safeText } from '#base/safe-text.ts'
import { writeCsv } from '#csv/write-csv.ts'

/** One line of the errors CSV: a BadRow, or a CsvUser's cells with what the run said about the user. */
export interface ErrorRow {
  readonly cells: readonly string[]
  readonly message: string
}

/**
 * The errors CSV: the header and the rows as they were written, Password and TargetPassword empty, plus ErrorMessage.
 * UTF-8 with a byte order mark, so that a spreadsheet shows accents.
 *
 * It can be filled in and submitted again as it is, so the file's own cells stay verbatim, even `=SUM(A1)` or
 * `#terry#mailadmin#`: defusing them would change the log-in. Only ErrorMessage, which quotes servers, is defused.
 */
export function errorsCsv(columns: readonly string[], rows: readonly ErrorRow[]): string {
  const kept = columns.flatMap((name, index) => (name === errorColumn ? [] : [index]))
  const secret = columns.map(isSecret)
  const records = rows.map(({ cells, message }) => [
    ...kept.map((index) => (secret[index] === true ? '' : (cells[index] ?? ''))),
    defuse(message),
  ])
  return `\uFEFF${writeCsv([[...kept.map((index) => columns[index] ?? ''), errorColumn], ...records])}`
}

/** Hostile text made harmless: what steers a terminal is spelt out, what a spreadsheet would compute is text. */
export function defuse(text: string): string {
  const shown = safeText(text)
  return /^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/.test(shown) ? `'${shown}` : shown
}
