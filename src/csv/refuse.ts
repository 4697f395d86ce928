import { Fault } from '#base/fault.ts'
import type { Facts } from '#base/fault.ts'

/** One per way to refuse a whole file; each has its line in docs/errors.md. */
export type CsvCode =
  | 'CSV_NOT_FOUND'
  | 'CSV_UNREADABLE'
  | 'CSV_WRONG_TYPE'
  | 'CSV_TOO_LARGE'
  | 'CSV_EMPTY'
  | 'CSV_ENCODING'
  | 'CSV_NOT_COMMA_SEPARATED'
  | 'CSV_QUOTE'
  | 'CSV_TOO_MANY_ROWS'
  | 'CSV_TOO_MANY_COLUMNS'
  | 'CSV_FIELD_TOO_LONG'
  | 'CSV_COLUMN_MISSING'
  | 'CSV_COLUMN_TWICE'
  | 'CSV_COLUMN_UNKNOWN'
  | 'CSV_FIELD_COUNT'
  | 'CSV_SPLIT_SIZE'
  | 'CSV_SPLIT_EXISTS'
  | 'CSV_SPLIT_WRITE'

/**
 * The refusal of a whole file: scope `request`, so the command ends with exit 3.
 * Never pass a cell of the file or an error of csv-parse (it quotes fields) into it: a cell may be a password.
 */
export function refuse(code: CsvCode, message: string, remedy: string, facts: Facts = {}): Fault {
  return new Fault({ code, scope: 'request', transient: false, message, remedy, facts })
}
