/** Folder records: made once, updated after every pass. */
import type { PoolClient } from 'pg'
import { bug } from '#base/fault.ts'
import type { FolderRecord } from '#engine/ports.ts'
import { packRuns, unpackRuns } from './pack.ts'
import { textOf, wordsIn } from './words.ts'
import type { Int8, LedgerStore } from './types.ts'

interface FolderRow {
  readonly ref: Int8
  readonly id: string
  readonly source_path: string
  readonly target_path: string
  readonly source_validity: Int8
  readonly target_validity: Int8 | null
  readonly target_uid_next: Int8
  readonly mark_uid_next: Int8 | null
  readonly mark_messages: Int8 | null
  readonly mark_modseq: string | null
  readonly again: Buffer
  readonly rewriting: string
  readonly adopted_epoch: Int8 | null
  readonly source_messages: Int8 | null
}

const COLUMNS = `id, source_path, target_path, source_validity, target_validity, target_uid_next, mark_uid_next,
  mark_messages, mark_modseq, again, rewriting, adopted_epoch, source_messages`

/** In the order in which they were made. */
export async function loadFolders(
  store: LedgerStore,
  mailboxId: string,
  epoch: number,
): Promise<{ ref: number; record: FolderRecord }[]> {
  const text = `SELECT ref, ${COLUMNS} FROM folder WHERE mailbox_id = $1 ORDER BY ref`
  const { rows } = await store.retrying(() => store.pool.query<FolderRow>(text, [mailboxId]))
  return rows.map((row) => ({ ref: Number(row.ref), record: recordOf(row, epoch) }))
}

/** Answers the row number of each. */
export async function writeFolders(
  client: PoolClient,
  mailboxId: string,
  epoch: number,
  records: readonly FolderRecord[],
): Promise<Map<string, number>> {
  const { rows } = await client.query<{ id: string; ref: Int8 }>(
    `INSERT INTO folder (mailbox_id, ${COLUMNS})
     SELECT $1, t.* FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[],
       $8::bigint[], $9::bigint[], $10::numeric[], $11::bytea[], $12::text[], $13::bigint[], $14::bigint[]) AS t
     ON CONFLICT (mailbox_id, id) DO UPDATE SET
       target_path = excluded.target_path, source_path = excluded.source_path,
       source_validity = excluded.source_validity, target_validity = excluded.target_validity,
       target_uid_next = excluded.target_uid_next, mark_uid_next = excluded.mark_uid_next,
       mark_messages = excluded.mark_messages, mark_modseq = excluded.mark_modseq, again = excluded.again,
       rewriting = excluded.rewriting, adopted_epoch = excluded.adopted_epoch,
       source_messages = excluded.source_messages
     RETURNING id, ref`,
    [
      mailboxId,
      records.map(({ id }) => id),
      records.map(({ sourcePath }) => textOf(sourcePath)),
      records.map(({ targetPath }) => textOf(targetPath)),
      records.map(({ sourceValidity }) => sourceValidity),
      records.map(({ targetValidity }) => targetValidity),
      records.map(({ targetUidNext }) => targetUidNext),
      records.map(({ mark }) => mark?.uidNext ?? null),
      records.map(({ mark }) => mark?.messages ?? null),
      records.map(({ mark }) => mark?.modseq?.toString() ?? null),
      records.map(({ again }) => packRuns(again)),
      records.map(({ rewriting }) => rewriting),
      records.map(({ adopted }) => (adopted === 'never' ? null : adopted === 'now' ? epoch : epoch - 1)),
      records.map(({ sourceMessages }) => sourceMessages),
    ],
  )
  return new Map(rows.map(({ id, ref }) => [id, Number(ref)]))
}

const KINDS: readonly FolderRecord['rewriting'][] = ['unknown', 'verbatim', 'canonical', 'rewriting']

function recordOf(row: FolderRow, epoch: number): FolderRecord {
  const rewriting = KINDS.find((kind) => kind === row.rewriting)
  if (!rewriting) throw bug('LEDGER_FOLDER', `folder ${row.id} of the ledger is ${row.rewriting}, which nothing writes`)
  return {
    id: row.id,
    sourcePath: wordsIn(row.source_path),
    targetPath: wordsIn(row.target_path),
    sourceValidity: Number(row.source_validity),
    targetValidity: row.target_validity === null ? null : Number(row.target_validity),
    targetUidNext: Number(row.target_uid_next),
    mark:
      row.mark_uid_next === null
        ? null
        : {
            uidNext: Number(row.mark_uid_next),
            messages: Number(row.mark_messages),
            modseq: row.mark_modseq === null ? null : BigInt(row.mark_modseq),
          },
    again: unpackRuns(row.again),
    rewriting,
    adopted: row.adopted_epoch === null ? 'never' : Number(row.adopted_epoch) === epoch ? 'now' : 'earlier',
    sourceMessages: row.source_messages === null ? null : Number(row.source_messages),
  }
}
