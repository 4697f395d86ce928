/** What could not be carried of a user's mailbox, out of the ledger. */
import type { ServiceStore } from './service-store.ts'

export interface SkippedItemRow {
  readonly folder_ref: number
  readonly uid: number
  /** JSON text of the path's names. */
  readonly source_path: string
  readonly source_validity: number
  readonly kind: string
  readonly bytes: number
  readonly date_s: number | null
  readonly subject: string
  readonly reason: string
}

const COLUMNS = 's.folder_ref, s.uid, f.source_path, f.source_validity, s.kind, s.bytes, s.date_s, s.subject, s.reason'

/** Messages that are \Deleted or outside the filter were left out by choice, and are not listed. By folder, then by UID, after a place. */
export async function listSkipped(
  store: ServiceStore,
  mailboxId: string,
  after: { readonly folderRef: number; readonly uid: number } | null,
  limit: number,
): Promise<SkippedItemRow[]> {
  const { rows } = await store.retrying(() =>
    store.pool.query<SkippedItemRow>(
      `SELECT ${COLUMNS} FROM skipped s JOIN folder f ON f.ref = s.folder_ref
       WHERE f.mailbox_id = $1 AND s.kind NOT IN ('deleted', 'excluded') AND (s.folder_ref, s.uid) > ($2, $3)
       ORDER BY s.folder_ref, s.uid LIMIT $4`,
      [mailboxId, after?.folderRef ?? 0, after?.uid ?? 0, limit],
    ),
  )
  return rows
}

export async function findSkipped(
  store: ServiceStore,
  mailboxId: string,
  folderRef: number,
  uid: number,
): Promise<SkippedItemRow | null> {
  const { rows } = await store.retrying(() =>
    store.pool.query<SkippedItemRow>(
      `SELECT ${COLUMNS} FROM skipped s JOIN folder f ON f.ref = s.folder_ref
       WHERE f.mailbox_id = $1 AND s.folder_ref = $2 AND s.uid = $3`,
      [mailboxId, folderRef, uid],
    ),
  )
  return rows[0] ?? null
}

/** Folders of the user's mailbox with what has landed in each: for counts while a pass runs. */
export async function countSkipped(store: ServiceStore, mailboxId: string): Promise<number> {
  const { rows } = await store.retrying(() =>
    store.pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM skipped s JOIN folder f ON f.ref = s.folder_ref
       WHERE f.mailbox_id = $1 AND s.kind NOT IN ('deleted', 'excluded')`,
      [mailboxId],
    ),
  )
  return rows[0]?.n ?? 0
}
