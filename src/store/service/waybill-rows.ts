/** Waybills of a batch's users, there or archived, in the order of the file: the ledger has them, and keeps them. */
import type { ServiceStore } from './service-store.ts'

export interface WaybillRow {
  readonly address: string
  readonly number: number
  readonly sealed_at: Date
  /** Null in both: of before it was recorded. */
  readonly host: string | null
  readonly path: string | null
  readonly name: string
  readonly sha256: Buffer
  readonly sealed_by: string | null
}

interface Place {
  readonly row_number: number
  readonly id: string
}

/** Users at once; each has as many waybills as it had passes. */
const PAGE = 200

export async function* waybillRows(store: ServiceStore, batchId: string): AsyncGenerator<WaybillRow> {
  for (let after: Place | null = null; ;) {
    const { rows: users }: { rows: Place[] } = await store.retrying(() =>
      store.pool.query<Place>(
        `SELECT row_number, id FROM report_user WHERE batch_id = $1 AND ($2::int IS NULL OR (row_number, id) > ($2, $3::uuid))
         ORDER BY row_number, id LIMIT ${PAGE}`,
        [batchId, after?.row_number ?? null, after?.id ?? null],
      ),
    )
    const { rows } = await store.retrying(() =>
      store.pool.query<WaybillRow>(
        `SELECT u.address, w.number, w.sealed_at, w.host, w.path, w.name, w.sha256, w.sealed_by
         FROM report_user u JOIN waybill w ON w.mailbox_id = u.mailbox_id AND w.sealed_at <= coalesce(u.archived_at, 'infinity')
         WHERE u.batch_id = $1 AND u.id = ANY($2::uuid[]) ORDER BY u.row_number, u.id, w.number`,
        [batchId, users.map(({ id }) => id)],
      ),
    )
    yield* rows
    if (users.length < PAGE) return
    after = users.at(-1)!
  }
}
