import { columnLetter, columnLabel, isKnown, looksLikeHeader, meantBy, requiredColumns } from './columns.ts'
import { safeText } from '#base/safe-text.ts'
import type { Rows, SeparatorName } from './read-rows.ts'
import { refuse } from './refuse.ts'

/**
 * The checks that refuse a whole file, after reading and counting: required headers, spelt exactly; none twice; none
 * unknown unless allowed; as many fields in each row as in the header. Returns warnings, one sentence each.
 */
export function checkFile({ header, separator, rows, uneven }: Rows, allowUnknownColumns: boolean): string[] {
  const quotable = looksLikeHeader(header)
  const slips = header.flatMap((name, index) => {
    const meant = meantBy(name)
    return meant === null ? [] : [{ index, name, meant }]
  })
  refuseMissing(header, quotable ? slips : [])
  refuseTwice(header)
  const warnings = unknownColumns(header, slips, allowUnknownColumns)
  if (rows.length === 0) {
    throw refuse(
      'CSV_EMPTY',
      'the file has column names but no rows below them',
      'Write one row per user below the header.',
    )
  }
  if (uneven !== null) throw unevenRow(header, uneven.rowNumber, uneven.cells.length, separator)
  return warnings
}

interface Slip {
  readonly index: number
  readonly name: string
  readonly meant: string
}

/** A header as a person may see it: never longer than a line, nothing that could steer a terminal. */
const quoted = (name: string) => `"${safeText(name).slice(0, 60)}"`

function refuseMissing(header: readonly string[], slips: readonly Slip[]): void {
  const missing = requiredColumns.filter((name) => !header.includes(name))
  if (missing.length === 0) return
  const hints = slips
    .filter(({ meant }) => missing.some((name) => name === meant))
    .map(({ index, name, meant }) => `column ${columnLetter(index)} says ${quoted(name)}, which must be spelt ${meant}`)
  const list = missing.length === 1 ? `column ${missing[0]} is missing` : `columns ${missing.join(', ')} are missing`
  throw refuse(
    'CSV_COLUMN_MISSING',
    `row 1: ${list}${hints.length > 0 ? ` (${hints.join('; ')})` : ''}`,
    'Write the column names in row 1, each a single word with capitals as shown: EmailAddress,UserName,Password.',
    { columns: missing.join(',') },
  )
}

function refuseTwice(header: readonly string[]): void {
  const second = header.findIndex((name, index) => name !== '' && header.indexOf(name) < index)
  if (second === -1) return
  const first = columnLetter(header.indexOf(header[second]!))
  const name = quoted(header[second]!)
  throw refuse(
    'CSV_COLUMN_TWICE',
    `row 1: columns ${first} and ${columnLetter(second)} are both named ${name}`,
    'Delete or rename one of them.',
  )
}

/** Only called once all required columns were found, so row 1 is a header and may be quoted. */
function unknownColumns(header: readonly string[], slips: readonly Slip[], allowed: boolean): string[] {
  const unknown = header.flatMap((name, index) => (isKnown(name) ? [] : [{ name, index }]))
  if (unknown.length === 0) return []
  const said = unknown.map(({ name, index }) => {
    const meant = slips.find((slip) => slip.index === index)?.meant
    const what =
      name.trim() === ''
        ? `column ${columnLetter(index)} has no name`
        : `column ${columnLetter(index)}, ${quoted(name)}, is unknown`
    return meant === undefined ? what : `${what}: did you mean ${meant}?`
  })
  if (!allowed) {
    throw refuse(
      'CSV_COLUMN_UNKNOWN',
      `row 1: ${said.join('; ')}`,
      'Correct or delete it, or have columns that are not known ignored.',
    )
  }
  return said.map((what) => `row 1: ${what}${what.endsWith('?') ? ' It' : ', and'} is ignored`)
}

function unevenRow(header: readonly string[], rowNumber: number, count: number, separator: SeparatorName) {
  const remedy = `Each row needs as many fields as row 1, which is separated by ${separator}s: keep the ${separator} of an empty value, and put a value that holds a ${separator} in quotation marks.`
  const fields = `${count} ${count === 1 ? 'field' : 'fields'}`
  const where =
    count < header.length
      ? `${columnLabel(header, count)} is missing`
      : `column ${columnLetter(header.length)} has no name in row 1`
  return refuse('CSV_FIELD_COUNT', `row ${rowNumber} has ${fields}, but row 1 has ${header.length}: ${where}`, remedy, {
    row: rowNumber,
  })
}
