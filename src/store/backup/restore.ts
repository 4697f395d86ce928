/**
 * A backup becomes the state of this data folder or database. The database's part is one transaction, from making the
 * schema to the new epoch; a mark in the data folder tells of a restore that was killed before its files and keys were
 * there. Everything that can be refused is refused before.
 */
import { hostname } from 'node:os'
import type { PoolClient } from 'pg'
import { crashPoint } from '#base/crash-point.ts'
import { Fault } from '#base/fault.ts'
import { newEpoch } from '../ledger/new-epoch.ts'
import type { Store } from '../open.ts'
import { addServiceAct, localAct } from '../service/service-acts.ts'
import { storeFault } from '../pg-faults.ts'
import { appliedFiles, applyFiles, refuseForeign, schemaFiles } from '../schema.ts'
import type { CheckedBackup } from './check-backup.ts'
import { LONG } from './dump-tables.ts'
import { type LoadProgress, loadBackup } from './load-backup.ts'
import { forgetSecretsKey, restoreFiles, restoreKeys } from './restore-files.ts'
import { dropSecrets, settleRestored } from './settle-restored.ts'
import { dropOurs, refuseConnected, whatIsThere } from './replaced.ts'
import { beginRestore, endRestore, isSameRestore, isUnfinished } from './unfinished.ts'

export interface RestoreOptions {
  /** Keys to put in place, by name below the keys folder. */
  readonly keys: ReadonlyMap<string, Buffer>
  readonly withoutSecrets: boolean
  /** Asked before what is there is replaced; a sentence names it. False: nothing is done. */
  readonly replaces: (what: string) => Promise<boolean>
  readonly progress: LoadProgress
}

export interface Restored {
  /** Of the ledger, from now on. */
  readonly epoch: number
  /** Maildir databases of the backup, for a folder may be elsewhere here. */
  readonly maildirs: readonly { readonly name: string; readonly path: string }[]
}

/**
 * `store` was opened with `leavesSchema` and `restores`. Null: the person said no.
 * @throws Fault RESTORE_DATABASE_FOREIGN, DATABASE_IN_USE, SCHEMA_NEWER, BACKUP_DAMAGED
 */
export async function restoreBackup(
  store: Store,
  backup: CheckedBackup,
  options: RestoreOptions,
): Promise<Restored | null> {
  const { dataFolder: folder, where } = store
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
  const client = await store.pool.connect()
  const onError = () => undefined
  client.on('error', onError)
  const wasMarked = isUnfinished(folder)
  let isMarked = false
  let isLoaded = false
  let isBroken = true
  try {
    if (store.kind === 'external') await refuseConnected(client, where.place)
    refuseForeign(await appliedFiles(client), schemaFiles(), where)
    const there = await whatIsThere(client, where.place)
    const isSame = isSameRestore(folder, backup, where.place)
    if (there !== null && !isSame && !(await options.replaces(there))) {
      isBroken = false
      return null
    }
    beginRestore(folder, backup, where.place)
    isMarked = true
    crashPoint('restore.begun')
    const restored = await load(client, backup, folder.path, options)
    isLoaded = true
    isBroken = false
    crashPoint('restore.committed')
    await restoreFiles(folder, backup, stamp, (bytes) => options.progress('files', bytes))
    crashPoint('restore.files')
    if (options.withoutSecrets) forgetSecretsKey(folder, stamp)
    restoreKeys(folder, options.keys, stamp)
    endRestore(folder)
    return restored
  } catch (thrown) {
    await client.query('ROLLBACK').catch(() => undefined)
    // The database is as it was, and so are the files; unless an earlier restore was not finished, and is not now.
    if (isMarked && !wasMarked && !isLoaded && thrown instanceof Fault) endRestore(folder)
    throw thrown instanceof Fault ? thrown : storeFault(thrown, where)
  } finally {
    client.off('error', onError)
    client.release(isBroken)
  }
}

async function load(
  client: PoolClient,
  backup: CheckedBackup,
  dataFolder: string,
  options: RestoreOptions,
): Promise<Restored> {
  const { manifest } = backup
  const files = schemaFiles()
  const had = new Set(manifest.schema.map(({ number }) => number))
  await client.query(`BEGIN; ${LONG}`)
  await dropOurs(client)
  await applyFiles(
    client,
    files.filter(({ number }) => had.has(number)),
  )
  await loadBackup(client, backup, options.progress)
  await applyFiles(
    client,
    files.filter(({ number }) => !had.has(number)),
  )
  await settleRestored(client, { from: manifest, to: { host: hostname(), dataFolder } })
  if (options.withoutSecrets) await dropSecrets(client)
  const { created, host, waybill } = manifest
  const epoch = await newEpoch(client, 'Restore', { created, host, waybill })
  const maildirs = await client.query<{ name: string; path: string }>(
    `SELECT name, path FROM mailbox_database WHERE kind = 'Maildir' ORDER BY name_key`,
  )
  await addServiceAct(client, localAct('waybill restore', { created, host, epoch }))
  crashPoint('restore.loaded')
  await client.query('COMMIT')
  return { epoch, maildirs: maildirs.rows }
}
