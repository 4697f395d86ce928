/** How far each folder of a mailbox is, out of the ledger: its groups of messages are counted, no message is read. */
import { Unpacker } from '../ledger/pack.ts'
import type { ServiceStore } from './service-store.ts'

export interface UserFolderRow {
  readonly ref: number
  /** JSON text of the path's names. */
  readonly source_path: string
  readonly target_path: string
  readonly source_messages: number | null
  readonly synced: number
  readonly bytes: number
  readonly skipped: number
  /** Left out by choice. */
  readonly excluded: number
}

/** Without the brackets that end a path, a folder comes before those in it. */
const BY_NAME = `lower(rtrim(f.source_path, ']')) COLLATE "C"`
/** After a change of UIDVALIDITY a folder has several records, and the last one has what was recognised of the others. */
const LAST = `SELECT DISTINCT ON (source_path) ref, source_path, target_path, source_messages
  FROM folder WHERE mailbox_id = $1 ORDER BY source_path, ref DESC`

type Found = Omit<UserFolderRow, 'synced' | 'bytes' | 'skipped' | 'excluded'>

/** By name, after the folder that `after` is the number of. */
export async function listUserFolders(
  store: ServiceStore,
  mailboxId: string,
  after: number | null,
  limit: number,
): Promise<UserFolderRow[]> {
  return await store.retrying(async () => {
    const { rows } = await store.pool.query<Found>(
      `SELECT f.ref, f.source_path, f.target_path, f.source_messages FROM (${LAST}) AS f
       WHERE ($2::bigint IS NULL OR (${BY_NAME}, f.ref) >
         (SELECT ${BY_NAME}, f.ref FROM folder f WHERE f.mailbox_id = $1 AND f.ref = $2))
       ORDER BY ${BY_NAME}, f.ref LIMIT $3`,
      [mailboxId, after, limit],
    )
    const refs = rows.map(({ ref }) => ref)
    const [synced, skips] = await Promise.all([syncedIn(store, refs), skipsIn(store, refs)])
    return rows.map((row) => ({
      ...row,
      ...(synced.get(row.ref) ?? { synced: 0, bytes: 0 }),
      ...(skips.get(row.ref) ?? { skipped: 0, excluded: 0 }),
    }))
  })
}

export async function countUserFolders(store: ServiceStore, mailboxId: string): Promise<number> {
  const { rows } = await store.retrying(() =>
    store.pool.query<{ n: number }>('SELECT count(DISTINCT source_path)::int AS n FROM folder WHERE mailbox_id = $1', [
      mailboxId,
    ]),
  )
  return rows[0]?.n ?? 0
}

/** Sizes are packed, two or three bytes a message (ledger/pack-group.ts). */
async function syncedIn(store: ServiceStore, refs: readonly number[]) {
  const { rows } = await store.pool.query<{ ref: number; n: number; sizes: Buffer }>(
    'SELECT folder_ref AS ref, n, sizes FROM message_group WHERE folder_ref = ANY($1)',
    [refs],
  )
  const found = new Map<number, { synced: number; bytes: number }>()
  for (const { ref, n, sizes } of rows) {
    const before = found.get(ref) ?? { synced: 0, bytes: 0 }
    const unpacker = new Unpacker(sizes)
    let bytes = 0
    while (!unpacker.ended) bytes += unpacker.number()
    found.set(ref, { synced: before.synced + n, bytes: before.bytes + bytes })
  }
  return found
}

async function skipsIn(store: ServiceStore, refs: readonly number[]) {
  const { rows } = await store.pool.query<{ ref: number; skipped: number; excluded: number }>(
    `SELECT folder_ref AS ref, count(*) FILTER (WHERE kind NOT IN ('deleted', 'excluded'))::int AS skipped,
       count(*) FILTER (WHERE kind IN ('deleted', 'excluded'))::int AS excluded
     FROM skipped WHERE folder_ref = ANY($1) GROUP BY folder_ref`,
    [refs],
  )
  return new Map(rows.map(({ ref, skipped, excluded }) => [ref, { skipped, excluded }]))
}
