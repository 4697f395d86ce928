/** Keys of requests that may come twice. One holds a claim at a time; who does not renew it in time loses it. */
import { inTransaction } from '../ledger/transaction.ts'
import type { IdempotencyKeyTable } from '../tables.ts'
import type { Selectable } from 'kysely'
import type { ServiceStore } from './service-store.ts'

export type KeyRow = Selectable<IdempotencyKeyTable>

/** Hours that an answer is kept. */
export const KEPT_HOURS = 24

export interface NewKey {
  readonly key: Buffer
  readonly objectId: string
  readonly claim: string
  readonly content: Buffer
  /** How long the claim holds without being renewed, ms. */
  readonly leaseMs: number
}

/**
 * Claims a new key, or looks at the one that is there: `decide` sees it, locked, and answers whether it is taken over.
 * Answers the row as it is then.
 */
export async function claimKey(
  store: ServiceStore,
  { key, objectId, claim, content, leaseMs }: NewKey,
  decide: (row: KeyRow & { readonly left_ms: number }) => boolean,
): Promise<KeyRow> {
  return await store.retrying(() =>
    inTransaction(store.pool, async (client) => {
      await client.query(`DELETE FROM idempotency_key WHERE key = $1 AND created_at < now() - $2 * interval '1 hour'`, [
        key,
        KEPT_HOURS,
      ])
      await client.query(
        `INSERT INTO idempotency_key (key, object_id, claim, claimed_until, content)
         VALUES ($1, $2, $3, now() + $4 * interval '1 millisecond', $5) ON CONFLICT (key) DO NOTHING`,
        [key, objectId, claim, leaseMs, content],
      )
      const { rows } = await client.query<KeyRow & { left_ms: number }>(
        `SELECT *, extract(epoch FROM claimed_until - now())::float8 * 1000 AS left_ms
         FROM idempotency_key WHERE key = $1 FOR UPDATE`,
        [key],
      )
      const row = rows[0]!
      // Ours also when an earlier try was committed though its answer was lost.
      if (row.claim === claim || !decide(row)) return row
      await client.query(
        `UPDATE idempotency_key SET claim = $2, claimed_until = now() + $3 * interval '1 millisecond' WHERE key = $1`,
        [key, claim, leaseMs],
      )
      return { ...row, claim }
    }),
  )
}

export async function renewKey(store: ServiceStore, key: Buffer, claim: string, leaseMs: number): Promise<void> {
  await store.pool.query(
    `UPDATE idempotency_key SET claimed_until = now() + $3 * interval '1 millisecond' WHERE key = $1 AND claim = $2`,
    [key, claim, leaseMs],
  )
}

export async function answerKey(store: ServiceStore, key: Buffer, claim: string, content: Buffer): Promise<void> {
  await store.retrying(() =>
    store.pool.query('UPDATE idempotency_key SET content = $3, is_answered = true WHERE key = $1 AND claim = $2', [
      key,
      claim,
      content,
    ]),
  )
}

/** Whoever comes next takes it over at once. */
export async function releaseKey(store: ServiceStore, key: Buffer, claim: string): Promise<void> {
  await store.retrying(() =>
    store.pool.query('UPDATE idempotency_key SET claimed_until = now() WHERE key = $1 AND claim = $2', [key, claim]),
  )
}

export async function forgetKey(store: ServiceStore, key: Buffer, claim: string): Promise<void> {
  await store.retrying(() =>
    store.pool.query('DELETE FROM idempotency_key WHERE key = $1 AND claim = $2', [key, claim]),
  )
}
