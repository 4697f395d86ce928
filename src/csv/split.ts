import { readCheckedFile } from './check-csv.ts'
import { batchLimits, grouped, inMb, splitLimits } from './limits.ts'
import type { Row, Rows } from './read-rows.ts'
import { refuse } from './refuse.ts'
import { utf8Length } from './utf8-length.ts'
import { writeCsv } from './write-csv.ts'

export interface Split {
  /** UTF-8, each with the header, in the order of the file. */
  readonly files: readonly string[]
  readonly rows: number
  readonly warnings: readonly string[]
}

/**
 * A file, perhaps over the limits of a batch, cut into files of `rowsPerFile` rows (S3: "several smaller batches"). Cells
 * stay verbatim; rows are checked when their batch is submitted. Throws what checkCsv throws, or CSV_SPLIT_SIZE.
 */
export function splitCsv(bytes: Uint8Array, rowsPerFile: number): Split {
  if (!Number.isInteger(rowsPerFile) || rowsPerFile < 1 || rowsPerFile > batchLimits.rows) {
    const range = `from 1 to ${grouped(batchLimits.rows)}`
    throw refuse('CSV_SPLIT_SIZE', `a batch cannot have ${rowsPerFile} rows`, `Give a whole number ${range}.`)
  }
  const { rows, warnings } = readCheckedFile(bytes, true, splitLimits)
  const count = Math.ceil(rows.rows.length / rowsPerFile)
  const sizes = Array.from({ length: count }, (_, i) => Math.min(rowsPerFile, rows.rows.length - i * rowsPerFile))
  return { files: cutRows(rows, sizes), rows: rows.rows.length, warnings }
}

/** So many rows in so many batches that none has more than one row more than another: 10 in 4 are 3, 3, 2, 2. */
export const evenSizes = (rows: number, batches: number): number[] =>
  Array.from({ length: batches }, (_, i) => Math.floor(rows / batches) + (i < rows % batches ? 1 : 0))

/**
 * Files of these sizes, each with the header, in the order of the rows. `inPlace`: blank lines, which count, stand for the
 * rows of the files before, so that all that is said of a row names it as the file does that was cut.
 * @throws Fault CSV_SPLIT_SIZE
 */
export function cutRows(
  { header, rows }: Pick<Rows, 'header' | 'rows'>,
  sizes: readonly number[],
  inPlace = false,
): string[] {
  let from = 0
  return sizes.map((size) => {
    const part = rows.slice(from, from + size)
    const text = inPlace ? writeInPlace(header, part) : writeCsv([header, ...part.map(({ cells }) => cells)])
    if (utf8Length(text) > batchLimits.bytes) {
      const message = `${grouped(size)} rows from row ${rows[from]?.rowNumber} on are larger than ${inMb(batchLimits.bytes)}`
      throw refuse('CSV_SPLIT_SIZE', message, 'Ask for fewer rows per file.')
    }
    from += size
    return text
  })
}

function writeInPlace(header: readonly string[], rows: readonly Row[]): string {
  const runs: string[] = [writeCsv([header])]
  let line = 1
  let run: (readonly string[])[] = []
  const end = () => {
    if (run.length > 0) runs.push(writeCsv(run))
    run = []
  }
  for (const { rowNumber, cells } of rows) {
    if (rowNumber > line + 1) {
      end()
      runs.push('\n'.repeat(rowNumber - line - 1))
    }
    run.push(cells)
    line = rowNumber
  }
  end()
  return runs.join('')
}
