/** The sealed waybills of one mailbox, the last one first: the ledger has them. */
import type { ServiceStore } from './service-store.ts'
import type { WaybillRow } from './waybill-rows.ts'

export type UserWaybillRow = Omit<WaybillRow, 'address'>

const COLUMNS = 'number, sealed_at, host, path, name, sha256, sealed_by'

/** @param before a number; only those below it */
export async function listUserWaybills(
  store: ServiceStore,
  mailboxId: string,
  before: number | null,
  limit: number,
): Promise<UserWaybillRow[]> {
  const { rows } = await store.retrying(() =>
    store.pool.query<UserWaybillRow>(
      `SELECT ${COLUMNS} FROM waybill WHERE mailbox_id = $1 AND ($2::int IS NULL OR number < $2)
       ORDER BY number DESC LIMIT $3`,
      [mailboxId, before, limit],
    ),
  )
  return rows
}

export async function findUserWaybill(
  store: ServiceStore,
  mailboxId: string,
  number: number,
): Promise<UserWaybillRow | null> {
  const { rows } = await store.retrying(() =>
    store.pool.query<UserWaybillRow>(`SELECT ${COLUMNS} FROM waybill WHERE mailbox_id = $1 AND number = $2`, [
      mailboxId,
      number,
    ]),
  )
  return rows[0] ?? null
}

export async function countUserWaybills(store: ServiceStore, mailboxId: string): Promise<number> {
  const { rows } = await store.retrying(() =>
    store.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM waybill WHERE mailbox_id = $1', [mailboxId]),
  )
  return rows[0]?.n ?? 0
}
