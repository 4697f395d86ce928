import { CsvError, parse } from 'csv-parse/sync'
import { columnLabel } from './columns.ts'
import { grouped, maxColumns, maxFieldBytes } from './limits.ts'
import type { CsvLimits } from './limits.ts'
import { refuse } from './refuse.ts'
import { utf8Length } from './utf8-length.ts'

export interface Row {
  /** The line that a spreadsheet shows: the header is 1, blank lines count. */
  readonly rowNumber: number
  readonly cells: readonly string[]
}

export interface Rows {
  readonly header: readonly string[]
  /** What stands between the values. */
  readonly separator: SeparatorName
  /** Below the header, in the file's order, without the blank ones. */
  readonly rows: readonly Row[]
  /** Row numbers of `,,,` rows, which spreadsheets leave behind; lines with nothing at all are not listed. */
  readonly emptyRows: readonly number[]
  /** The first row whose number of fields differs from the header's. */
  readonly uneven: Row | null
}

/** Comma as S3 has it; the others are what spreadsheets write where the comma is the decimal sign, or as Unicode text. */
const separators = { comma: ',', semicolon: ';', tab: '\t' } as const
export type SeparatorName = keyof typeof separators

/** Each costs csv-parse an error object: a file of nothing else must not keep us busy. The first one is named anyway. */
const maxUneven = 1000
const enough = Symbol('enough uneven rows')

const startOver = 'Write the column names in row 1 and one row per user below it, as the template has them.'

/**
 * Text to rows, bounded. Refuses in the seeds' order: empty, separated by something else, too many rows. Uneven rows are handed on,
 * for the check of the headers comes before them. Broken quotes and overlong fields end the reading where they are.
 */
export function readRows(text: string, limits: CsvLimits): Rows {
  if (text.trim() === '') throw refuse('CSV_EMPTY', 'the file is empty', startOver)
  const separator = separatorOf(/^[^\r\n]*/.exec(text)![0])
  const delimiter = separators[separator]
  refuseFloods(text, delimiter.charCodeAt(0))
  let header: readonly string[] | null = null
  const rows: Row[] = []
  const emptyRows: number[] = []
  const uneven: Row[] = []
  const take = (cells: readonly string[], rowNumber: number) => {
    refuseLongFields(cells, header, rowNumber)
    if (header === null) {
      if (rowNumber > 1) throw refuse('CSV_COLUMN_MISSING', 'row 1 is blank but must hold the column names', startOver)
      header = cells
    } else if (cells.every((cell) => cell.trim() === '')) {
      emptyRows.push(rowNumber)
    } else {
      if (rows.length === limits.rows) throw tooManyRows(limits)
      rows.push({ rowNumber, cells })
      if (cells.length !== header.length && uneven.push({ rowNumber, cells }) > maxUneven) throw enough
    }
  }
  try {
    parse(text, {
      delimiter,
      // All three, the longest first: files that several programs have touched mix them.
      record_delimiter: ['\r\n', '\n', '\r'],
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: maxColumns * (maxFieldBytes + 1),
      on_record: (cells: string[], at) => {
        take(cells, at.records + at.empty_lines)
        return null
      },
    })
  } catch (thrown) {
    if (thrown !== enough) throw brokenRow(thrown, header, separator)
  }
  if (header === null) throw refuse('CSV_EMPTY', 'the file is empty', startOver)
  return { header, separator, rows, emptyRows, uneven: uneven[0] ?? null }
}

/** Of a header without a comma: the semicolon that spreadsheets write in half of Europe, or the tab. */
function separatorOf(firstLine: string): SeparatorName {
  const accepted = 'The values are separated by commas, or else by semicolons or tabs.'
  if (/^"?sep=/i.test(firstLine)) {
    throw refuse(
      'CSV_NOT_COMMA_SEPARATED',
      'row 1 is a note to Excel (sep=), not the column names',
      `Delete row 1. ${accepted}`,
    )
  }
  for (const name of ['comma', 'semicolon', 'tab'] as const) if (firstLine.includes(separators[name])) return name
  if (!firstLine.includes('|')) return 'comma'
  throw refuse(
    'CSV_NOT_COMMA_SEPARATED',
    'row 1 is separated by vertical bars, which a CSV file cannot be',
    `Save the file as CSV UTF-8. ${accepted}`,
  )
}

/** A line of more separators than the largest row may hold would cost hundreds of megabytes before csv-parse hands it over. */
function refuseFloods(text: string, separator: number): void {
  const limit = maxColumns * maxFieldBytes
  let count = 0
  let line = 1
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === separator && ++count > limit) throw tooManyColumns(`line ${line}`)
    if (unit === 10 || unit === 13) {
      count = 0
      if (unit === 10 || text.charCodeAt(i + 1) !== 10) line++
    }
  }
}

function refuseLongFields(cells: readonly string[], header: readonly string[] | null, rowNumber: number): void {
  if (header === null && cells.length > maxColumns) throw tooManyColumns('row 1')
  // A UTF-16 unit is at most 3 bytes of UTF-8: only what may be too long is measured.
  const long = cells.findIndex((cell) => cell.length > maxFieldBytes / 3 && utf8Length(cell) > maxFieldBytes)
  if (long === -1) return
  throw tooLong(`row ${rowNumber}, ${columnLabel(header, long)}`)
}

const quoteFaults: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quotation mark opens here and is never closed',
  CSV_INVALID_CLOSING_QUOTE: 'a quotation mark is followed by more text instead of a separator',
  INVALID_OPENING_QUOTE: 'a quotation mark stands inside a value that is not in quotation marks',
}

/** What csv-parse throws quotes the field: only its code and its place are taken, and it is never passed on as a cause. */
function brokenRow(thrown: unknown, header: readonly string[] | null, separator: SeparatorName): unknown {
  if (!(thrown instanceof CsvError)) return thrown
  const rowNumber = Number(thrown['records']) + Number(thrown['empty_lines']) + 1
  const where = `row ${rowNumber}, ${columnLabel(header, Number(thrown['column']))}`
  if (thrown.code === 'CSV_MAX_RECORD_SIZE') return tooLong(where)
  const what = quoteFaults[thrown.code]?.replace('separator', separator) ?? `the row cannot be read (${thrown.code})`
  return refuse(
    'CSV_QUOTE',
    `${where}: ${what}`,
    'Put the whole value in quotation marks and write each quotation mark inside it twice ("pa""ss").',
  )
}

const tooLong = (where: string) =>
  refuse(
    'CSV_FIELD_TOO_LONG',
    `${where}: the value is longer than ${maxFieldBytes} bytes`,
    'Shorten it, or look for a quotation mark that is opened there and not closed.',
  )

const tooManyColumns = (where: string) =>
  refuse(
    'CSV_TOO_MANY_COLUMNS',
    `${where} has more than ${maxColumns} columns`,
    'Delete the columns that the migration does not need.',
  )

const tooManyRows = (limits: CsvLimits) =>
  refuse(
    'CSV_TOO_MANY_ROWS',
    `the file has more than ${grouped(limits.rows)} rows below the header`,
    'Split it into several files.',
  )
