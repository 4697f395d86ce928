/**
 * The state of one moment as a file: the tables out of one transaction that sees one moment and changes nothing, then the
 * files. Everything that the tables name is on disk before they name it, so files that are read later are all there.
 */
import { hostname } from 'node:os'
import type { Writable } from 'node:stream'
import type { PoolClient } from 'pg'
import { Fault } from '#base/fault.ts'
import { version } from '#base/version.ts'
import type { Store } from '../open.ts'
import { appliedFiles } from '../schema.ts'
import { ArchiveWriter } from './archive-writer.ts'
import { LONG, TEXT_FORMS, dumpTables } from './dump-tables.ts'
import { addFiles, addKeys } from './files.ts'
import { FORMAT, MANIFEST, type Manifest } from './manifest.ts'

export interface BackupOptions {
  readonly withKey: boolean
  /** Fingerprint of the key that signs waybills; '' when there is none yet. */
  readonly signer: string
  readonly progress: (what: string, rows: number, bytes: number) => void
  readonly signal: AbortSignal
}

/** Resolves when `output` has everything. */
export async function writeBackup(
  store: Pick<Store, 'pool' | 'dataFolder' | 'serverVersion' | 'where'>,
  output: Writable,
  options: BackupOptions,
): Promise<Manifest> {
  const createdAt = new Date()
  const archive = new ArchiveWriter(output, createdAt)
  try {
    const dumped = await atOneMoment(store, async (client) => {
      const schema = await appliedFiles(client)
      if (schema.length === 0) throw nothing(store.where.place)
      const state = await stateOf(client, schema)
      return { schema, ...state, ...(await dumpTables(client, archive, options.progress, options.signal)) }
    })
    let bytes = 0
    let count = 0
    const counted = (more: number) => options.progress('files', ++count, (bytes += more))
    const files = await addFiles(store.dataFolder, archive, counted, options.signal)
    files.push(...(await addKeys(store.dataFolder, archive, options.withKey)))
    const manifest: Manifest = {
      format: FORMAT,
      waybill: version,
      created: createdAt.toISOString(),
      host: hostname(),
      dataFolder: store.dataFolder.path,
      postgres: store.serverVersion,
      signer: options.signer,
      withKey: options.withKey,
      ...dumped,
      files,
    }
    const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)
    await archive.add(MANIFEST, text.length, [text])
    await archive.end()
    return manifest
  } catch (thrown) {
    archive.destroy()
    throw thrown
  }
}

async function atOneMoment<T>({ pool }: Pick<Store, 'pool'>, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let isBroken = true
  const onError = () => undefined
  client.on('error', onError)
  try {
    await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${LONG}; ${TEXT_FORMS}`)
    const result = await work(client)
    await client.query('COMMIT')
    isBroken = false
    return result
  } finally {
    client.off('error', onError)
    // One that is in the midst of a COPY cannot be used again.
    client.release(isBroken)
  }
}

async function stateOf(client: PoolClient, schema: Manifest['schema']) {
  const keys = schema.some(({ number }) => number >= 2)
    ? await client.query<{ id: string }>('SELECT id FROM secret_key ORDER BY created_at, id')
    : { rows: [] }
  const epoch = await client.query<{ epoch: string | number | null }>('SELECT max(epoch) AS epoch FROM mailbox')
  return { secretKeys: keys.rows.map(({ id }) => id), epoch: Number(epoch.rows[0]?.epoch ?? 1) }
}

export function nothing(place: string): Fault {
  return new Fault({
    code: 'BACKUP_NOTHING',
    scope: 'instance',
    transient: false,
    message: `there is nothing to back up in ${place}: no Waybill has used it`,
    remedy: 'Name the data folder with --data or WAYBILL_DATA, or the database with DATABASE_URL.',
    facts: { place },
  })
}
