/**
 * A new key for the secrets: every one is sealed anew in one transaction, after the new key is on disk beside the old one
 * and before it takes its name. Whenever we are killed, the key that the database names is in the folder, and the next
 * start finds it (`finishRotation`).
 */
import type { PoolClient } from 'pg'
import { crashPoint } from '#base/crash-point.ts'
import { LONG } from './backup/dump-tables.ts'
import { refuseConnected } from './backup/replaced.ts'
import { inTransaction } from './ledger/transaction.ts'
import type { Store } from './open.ts'
import { addServiceAct, localAct } from './service/service-acts.ts'
import { SEALED_COLUMNS, type SealedColumn } from './sealed-columns.ts'
import { type Secrets, finishRotation, newKey, nextKeyFile, openSecrets } from './secrets.ts'

const AT_ONCE = 500

export interface Rotated {
  readonly keyId: string
  readonly oldKeyId: string
  /** Secrets that were sealed anew. */
  readonly secrets: number
}

/** No service may run. @throws Fault DATABASE_IN_USE, SECRETS_KEY_WRONG, SECRET_DAMAGED; then nothing has changed */
export async function rotateSecretsKey(store: Store): Promise<Rotated> {
  const old = await openSecrets(store)
  const next = newKey(store.dataFolder, nextKeyFile(store.dataFolder))
  crashPoint('rotate.staged')
  const secrets = await inTransaction(store.pool, async (client) => {
    if (store.kind === 'external') await refuseConnected(client, store.where.place)
    await client.query(LONG)
    // A service that starts meanwhile waits here, and then has the wrong key.
    await client.query('LOCK TABLE secret_key IN ACCESS EXCLUSIVE MODE')
    let count = 0
    for (const column of SEALED_COLUMNS) count += await sealAnew(client, column, old, next)
    await client.query('DELETE FROM secret_key')
    await client.query('INSERT INTO secret_key (id) VALUES ($1)', [next.keyId])
    await addServiceAct(client, localAct('waybill rotate-key', { keyId: next.keyId }))
    crashPoint('rotate.sealed')
    return count
  })
  crashPoint('rotate.committed')
  finishRotation(store.dataFolder, [{ id: next.keyId }])
  return { keyId: next.keyId, oldKeyId: old.keyId, secrets }
}

async function sealAnew(client: PoolClient, sealed: SealedColumn, old: Secrets, next: Secrets): Promise<number> {
  const { table, column, id, key, keyOfId } = sealed
  let count = 0
  await client.query(
    `DECLARE sealed NO SCROLL CURSOR FOR SELECT ${id} AS id, ${column} AS sealed FROM ${table} WHERE ${column} IS NOT NULL`,
  )
  for (;;) {
    const { rows } = await client.query<{ id: string; sealed: Buffer }>(`FETCH ${AT_ONCE} FROM sealed`)
    if (rows.length === 0) break
    const anew = rows.map((row) => {
      const place = { table, id: row.id, column }
      return next.seal(old.open(row.sealed, place), place)
    })
    await client.query(
      `UPDATE ${table} AS s SET ${column} = t.sealed FROM unnest($1::text[], $2::bytea[]) AS t (id, sealed)
       WHERE ${key} = ${keyOfId}`,
      [rows.map((row) => row.id), anew],
    )
    count += rows.length
  }
  await client.query('CLOSE sealed')
  return count
}
