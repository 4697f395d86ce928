/** The tables of a backup, in one transaction of the caller's: whoever kills us leaves the database as it was. */
import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import type { PoolClient } from 'pg'
import copyStreams from 'pg-copy-streams'
import { readArchive } from './archive-reader.ts'
import type { CheckedBackup } from './check-backup.ts'
import { LONG, TEXT_FORMS } from './dump-tables.ts'
import { type Manifest, damaged, tableOf } from './manifest.ts'
import { backupTables, identityColumns } from './tables.ts'

export type LoadProgress = (what: string, bytes: number) => void

/** The schema of the backup must be there, in the same transaction. */
export async function loadBackup(
  client: PoolClient,
  { path, manifest }: CheckedBackup,
  progress: LoadProgress,
): Promise<void> {
  await client.query(`${LONG}; ${TEXT_FORMS}`)
  await refuseStrange(client, path, manifest)
  const names = manifest.tables.map(({ name }) => client.escapeIdentifier(name))
  // What the schema's own files wrote is in the backup as it had become.
  if (names.length > 0) await client.query(`TRUNCATE ${names.join(', ')} CASCADE`)
  for (const name of names) await client.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`)
  await readInto(client, path, manifest, progress)
  for (const name of names) await client.query(`ALTER TABLE ${name} ENABLE TRIGGER USER`)
  for (const { table, column, sequence } of await identityColumns(client)) {
    const last = manifest.sequences.find((one) => one.table === table && one.column === column)?.last ?? 0
    const highest = `(SELECT max(${client.escapeIdentifier(column)}) FROM ${client.escapeIdentifier(table)})`
    await client.query(
      `SELECT setval($1::regclass, n) FROM (SELECT greatest(${highest}, $2::bigint) AS n) AS t WHERE n > 0`,
      [sequence, last],
    )
  }
  await client.query('ANALYZE')
}

/** A manifest that was tampered with could name a table of other software, which would be emptied. */
async function refuseStrange(client: PoolClient, path: string, { tables }: Manifest): Promise<void> {
  const ours = new Map((await backupTables(client)).map(({ name, columns }) => [name, columns]))
  for (const { name, columns } of tables) {
    if (!columns.every((column) => ours.get(name)?.includes(column)))
      throw damaged(path, `has a table ${name} that no Waybill of its schema backs up`)
  }
}

async function readInto(client: PoolClient, path: string, manifest: Manifest, progress: LoadProgress): Promise<void> {
  const entries = readArchive(path)
  let next = await entries.next()
  while (!next.done) {
    const { name } = next.value
    const table = tableOf(name)
    if (table === null) {
      for await (const _ of next.value.body);
      next = await entries.next()
      continue
    }
    const shape = manifest.tables.find((one) => one.name === table)
    if (!shape) throw damaged(path, `has changed since it was checked: ${name}`)
    const hash = createHash('sha256')
    let bytes = 0
    const parts = async function* () {
      for (; !next.done && tableOf(next.value.name) === table; next = await entries.next()) {
        for await (const chunk of next.value.body) {
          hash.update(chunk)
          progress(table, (bytes += chunk.length))
          yield chunk
        }
      }
    }
    const columns = shape.columns.map((column) => client.escapeIdentifier(column)).join(', ')
    await pipeline(
      parts,
      client.query(copyStreams.from(`COPY ${client.escapeIdentifier(table)} (${columns}) FROM STDIN`)),
    )
    if (hash.digest('hex') !== shape.sha256) throw damaged(path, `has changed since it was checked: table ${table}`)
  }
}
