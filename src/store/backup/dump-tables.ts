/** The tables of one moment as COPY text, which every PostgreSQL from 15 on reads. */
import { createHash } from 'node:crypto'
import type { PoolClient } from 'pg'
import copyStreams from 'pg-copy-streams'
import type { ArchiveWriter } from './archive-writer.ts'
import { type BackupSequence, type BackupTable, tablePart } from './manifest.ts'
import { type TableShape, backupTables, identityColumns } from './tables.ts'

/** What of a table is in memory at once, bytes. */
const PART_BYTES = 4 * 1_048_576
const LINE_FEED = 0x0a

export type DumpProgress = (table: string, rows: number, bytes: number) => void

/** Long statements, and long pauses between them while the archive is written. */
export const LONG = `SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s';
  SET LOCAL idle_in_transaction_session_timeout = 0`

/** What the text of a value depends on. */
export const TEXT_FORMS = `SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex';
  SET LOCAL extra_float_digits = 1; SET LOCAL client_encoding = 'UTF8'`

/** `client` must be in a transaction that sees one moment. */
export async function dumpTables(
  client: PoolClient,
  archive: ArchiveWriter,
  progress: DumpProgress,
  signal: AbortSignal,
): Promise<{ tables: BackupTable[]; sequences: BackupSequence[] }> {
  const tables: BackupTable[] = []
  for (const table of await backupTables(client)) {
    signal.throwIfAborted()
    tables.push(await dumpTable(client, table, archive, progress, signal))
  }
  const sequences: BackupSequence[] = []
  for (const { table, column, sequence } of await identityColumns(client)) {
    // Numbers that were given out are never given out again, whatever became of their rows.
    const { rows } = await client.query<{ last: string | number }>(
      `SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last FROM ${sequence}`,
    )
    sequences.push({ table, column, last: Number(rows[0]!.last) })
  }
  return { tables, sequences }
}

async function dumpTable(
  client: PoolClient,
  { name, columns }: TableShape,
  archive: ArchiveWriter,
  progress: DumpProgress,
  signal: AbortSignal,
): Promise<BackupTable> {
  const list = columns.map((column) => client.escapeIdentifier(column)).join(', ')
  const stream = client.query(copyStreams.to(`COPY ${client.escapeIdentifier(name)} (${list}) TO STDOUT`))
  const hash = createHash('sha256')
  let [part, rows, bytes] = [0, 0, 0]
  let held: Buffer[] = []
  let heldBytes = 0
  const flush = async () => {
    if (heldBytes === 0) return
    await archive.add(tablePart(name, part++), heldBytes, held)
    held = []
    heldBytes = 0
    progress(name, rows, bytes)
  }
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    signal.throwIfAborted()
    hash.update(chunk)
    rows += lines(chunk)
    bytes += chunk.length
    held.push(chunk)
    heldBytes += chunk.length
    if (heldBytes >= PART_BYTES) await flush()
  }
  await flush()
  progress(name, rows, bytes)
  return { name, columns, rows, bytes, sha256: hash.digest('hex') }
}

/** COPY text has one line for each row: line feeds within values are escaped. */
export function lines(chunk: Buffer): number {
  let count = 0
  for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) count++
  return count
}
