/** A CSV file looked at in the browser before it is uploaded: what is wrong is listed, what is too large can be cut. */
import { readCheckedFile } from './check-csv.ts'
import { checkRows } from './check-rows.ts'
import { batchLimits, splitLimits } from './limits.ts'
import type { Rows } from './read-rows.ts'
import { type CsvRefusal, csvRefusalOf } from './refusal.ts'
import { shownCells } from './shown-cells.ts'
import { cutRows, evenSizes } from './split.ts'
import { writeCsv } from './write-csv.ts'

/** What a person reads of; more are counted. */
const MOST_SHOWN = 100

export interface FaultyRow {
  readonly rowNumber: number
  /** As written, passwords masked. */
  readonly cells: readonly string[]
  /** Which of them are wrong. */
  readonly faulty: readonly number[]
  readonly message: string
}

export interface Looked {
  readonly columns: readonly string[]
  /** Rows below the header. */
  readonly rows: number
  /** Of these rows, those that can be migrated. */
  readonly users: number
  readonly badCount: number
  /** The numbers of all of them. */
  readonly badNumbers: readonly number[]
  readonly badRows: readonly FaultyRow[]
  readonly warnings: readonly string[]
  /** More than 1 where the file is larger than a batch may be. */
  readonly fewestBatches: number
}

export type Look = { readonly looked: Looked } | { readonly refused: CsvRefusal }
export type Cut = { readonly files: readonly string[] } | { readonly refused: CsvRefusal }

/** What a worker remembers between looking and cutting. */
export function lookAtFiles() {
  let rows: Rows | null = null
  return {
    /** Rows that were typed are looked at as the file that they become. */
    look(given: Uint8Array | readonly (readonly string[])[], allowUnknownColumns: boolean): Look {
      rows = null
      const bytes = given instanceof Uint8Array ? given : new TextEncoder().encode(writeCsv(given))
      try {
        // A file over the limits of a batch is not refused here: it can be cut into several.
        const read = readCheckedFile(bytes, allowUnknownColumns, splitLimits)
        rows = read.rows
        return { looked: lookedAt(read.rows, read.warnings, bytes.length) }
      } catch (thrown) {
        return { refused: csvRefusalOf(thrown) }
      }
    },
    cut(batches: number): Cut {
      if (rows === null) throw new Error('nothing was looked at')
      try {
        return { files: cutRows(rows, evenSizes(rows.rows.length, batches), true) }
      } catch (thrown) {
        return { refused: csvRefusalOf(thrown) }
      }
    },
  }
}

function lookedAt({ header, rows }: Rows, warnings: readonly string[], bytes: number): Looked {
  // As the service does it at the upload, but that here an empty password is a fault: a new batch has none stored.
  const { users, badRows } = checkRows(header, rows, null)
  const cellsOf = new Map(rows.map(({ rowNumber, cells }) => [rowNumber, cells]))
  return {
    columns: header,
    rows: rows.length,
    users: users.length,
    badCount: badRows.length,
    badNumbers: badRows.map(({ rowNumber }) => rowNumber),
    badRows: badRows.slice(0, MOST_SHOWN).map(({ rowNumber, columns, message }) => ({
      rowNumber,
      cells: shownCells(header, cellsOf.get(rowNumber) ?? []),
      faulty: columns.map((name) => header.indexOf(name)),
      message,
    })),
    warnings,
    // A part has a byte for each row before it.
    fewestBatches: Math.max(
      Math.ceil(rows.length / batchLimits.rows),
      bytes > batchLimits.bytes
        ? Math.ceil(bytes / Math.max(batchLimits.bytes - rows.at(-1)!.rowNumber, batchLimits.bytes / 2))
        : 1,
    ),
  }
}
