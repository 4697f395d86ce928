/**
 * The commit that the write protocol waits for, as one statement: fence, intents opened and closed, groups
 * landed, skips, messages sent again. One round trip, one flush of the log, for whatever many lanes have ready.
 * Every part may be repeated: rows carry ids of ours, and one that is there already is left as it is.
 */
import type { PoolClient, Pool } from 'pg'
import type { PackedGroup } from './pack-group.ts'

export interface IntentRow {
  readonly id: string
  readonly folderRef: number
  readonly targetValidity: number
  readonly probeFrom: number
  readonly packed: Buffer
}

export interface SkippedRow {
  readonly folderRef: number
  readonly uid: number
  readonly kind: string
  readonly bytes: number
  readonly dateS: number | null
  readonly subject: string
  readonly reason: string
  readonly again: boolean
}

export interface ResentRow {
  readonly folderRef: number
  readonly uid: number
  readonly packed: Buffer
}

export interface Rows {
  readonly opened: readonly IntentRow[]
  readonly closed: readonly string[]
  readonly groups: readonly PackedGroup[]
  readonly skipped: readonly SkippedRow[]
  readonly resent: readonly ResentRow[]
}

/** Whose write this is. */
export interface Fence {
  readonly mailboxId: string
  readonly fence: number
  readonly holder: string
  readonly epoch: number
}

/** FOR KEY SHARE: see the unique constraint of mailbox on its fence. */
const FENCE = `SELECT id FROM mailbox WHERE id = $1 AND lease_fence = $2 AND lease_holder = $3 FOR KEY SHARE`

const COMMIT = `
WITH fence AS MATERIALIZED (${FENCE}),
opened AS (
  INSERT INTO intent (mailbox_id, lease_fence, epoch, id, folder_ref, target_validity, probe_from, packed)
  SELECT $1, $2, $4, t.* FROM fence, unnest($5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bytea[]) AS t
  ON CONFLICT (mailbox_id, id) DO NOTHING),
closed AS (
  DELETE FROM intent USING fence WHERE intent.mailbox_id = fence.id AND intent.id = ANY($10::text[])),
landed AS (
  INSERT INTO message_group (lease_fence, epoch, id, folder_ref, min_uid, max_uid, max_key, n, has_names,
    uids, keys, sizes, dates, flags, keywords, lost, origins, digests, digest_tails)
  SELECT $2, $4, t.* FROM fence, unnest($11::uuid[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[],
    $16::int[], $17::boolean[], $18::bytea[], $19::bytea[], $20::bytea[], $21::bytea[], $22::bytea[], $23::bytea[],
    $24::bytea[], $25::bytea[], $26::bytea[], $27::bytea[]) AS t
  ON CONFLICT (id) DO NOTHING),
skips AS (
  INSERT INTO skipped (folder_ref, uid, kind, bytes, date_s, subject, reason, again)
  SELECT t.* FROM fence, unnest($28::bigint[], $29::bigint[], $30::text[], $31::bigint[], $32::bigint[], $33::text[],
    $34::text[], $35::boolean[]) AS t
  ON CONFLICT (folder_ref, uid) DO UPDATE SET kind = excluded.kind, bytes = excluded.bytes,
    date_s = excluded.date_s, subject = excluded.subject, reason = excluded.reason, again = excluded.again),
again AS (
  INSERT INTO resent (folder_ref, uid, packed)
  SELECT t.* FROM fence, unnest($36::bigint[], $37::bigint[], $38::bytea[]) AS t
  ON CONFLICT (folder_ref, uid) DO UPDATE SET packed = excluded.packed, audits = 0, audit_id = NULL)
SELECT count(*)::int AS held FROM fence`

const columns = <T>(rows: readonly T[], ...keys: (keyof T)[]): unknown[][] =>
  keys.map((key) => rows.map((row) => row[key]))

/** False when the fence is no longer ours; then nothing was written. */
export async function commitRows(pool: Pool, fence: Fence, rows: Rows): Promise<boolean> {
  const { opened, closed, groups, skipped, resent } = rows
  const values = [
    fence.mailboxId,
    fence.fence,
    fence.holder,
    fence.epoch,
    ...columns(opened, 'id', 'folderRef', 'targetValidity', 'probeFrom', 'packed'),
    closed,
    ...columns(groups, 'id', 'folderRef', 'minUid', 'maxUid', 'maxKey', 'n', 'hasNames', 'uids', 'keys', 'sizes'),
    ...columns(groups, 'dates', 'flags', 'keywords', 'lost', 'origins', 'digests', 'tails'),
    ...columns(skipped, 'folderRef', 'uid', 'kind', 'bytes', 'dateS', 'subject', 'reason', 'again'),
    ...columns(resent, 'folderRef', 'uid', 'packed'),
  ]
  const { rows: answer } = await pool.query<{ held: number }>({ name: 'ledger-commit', text: COMMIT, values })
  return answer[0]!.held === 1
}

/** The same check as the first statement of a longer transaction. */
export async function holdsFence(client: PoolClient, fence: Fence): Promise<boolean> {
  const values = [fence.mailboxId, fence.fence, fence.holder]
  return ((await client.query({ name: 'ledger-fence', text: FENCE, values })).rowCount ?? 0) === 1
}
