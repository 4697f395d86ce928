/** Messages that are not carried, and why. */
import { bug } from '#base/fault.ts'
import type { Runs, Skipped, SkipKind } from '#engine/ports.ts'
import type { SkippedRow } from './commit-statement.ts'
import { columnsOf, type Context } from './context.ts'
import type { Int8 } from './types.ts'

const PAGE = 500

/** A server's words may hold U+0000, which no PostgreSQL text can. */
const text = (words: string): string => words.replaceAll('\0', '\uFFFD')

export const skippedRow = (context: Context, item: Skipped): SkippedRow => ({
  folderRef: context.refOf(item.folder),
  uid: item.uid,
  kind: item.kind,
  bytes: item.bytes,
  dateS: item.dateS,
  subject: text(item.subject),
  reason: text(item.reason),
  again: item.again,
})

export async function forgetSkips(context: Context, folder: string, uids: Runs): Promise<void> {
  const values = [context.refOf(folder), ...columnsOf(uids)]
  await context.committer.commit(async (client) => {
    await client.query(
      `DELETE FROM skipped USING unnest($2::bigint[], $3::bigint[]) AS t(low, high)
       WHERE folder_ref = $1 AND uid BETWEEN low AND high`,
      values,
    )
  })
}

interface Row {
  readonly ref: Int8
  readonly folder: string
  readonly uid: Int8
  readonly kind: string
  readonly bytes: Int8
  readonly date_s: Int8 | null
  readonly subject: string
  readonly reason: string
  readonly again: boolean
}

const KINDS: readonly SkipKind[] = ['large', 'bad', 'missing', 'unknown', 'excluded', 'deleted', 'over-limit']

/** By folder in the order in which they were made, then by UID; page by page. */
export async function* readSkips(context: Context, folder: string | null): AsyncGenerator<Skipped> {
  const { store, mailboxId } = context
  const only = folder === null ? null : context.refOf(folder)
  let ref: Int8 = 0
  let uid: Int8 = 0
  for (;;) {
    const { rows } = await store.retrying(() =>
      store.pool.query<Row>(
        `SELECT f.ref, f.id AS folder, s.uid, s.kind, s.bytes, s.date_s, s.subject, s.reason, s.again
         FROM skipped s JOIN folder f ON f.ref = s.folder_ref
         WHERE f.mailbox_id = $1 AND ($2::bigint IS NULL OR f.ref = $2) AND (s.folder_ref, s.uid) > ($3, $4)
         ORDER BY s.folder_ref, s.uid LIMIT ${PAGE}`,
        [mailboxId, only, ref, uid],
      ),
    )
    yield* rows.map(skippedOf)
    if (rows.length < PAGE) return
    ;({ ref, uid } = rows.at(-1)!)
  }
}

function skippedOf(row: Row): Skipped {
  const kind = KINDS.find((known) => known === row.kind)
  if (!kind) throw bug('LEDGER_SKIP', `the ledger holds a skipped item of kind ${row.kind}, which nothing writes`)
  return {
    folder: row.folder,
    uid: Number(row.uid),
    kind,
    bytes: Number(row.bytes),
    dateS: row.date_s === null ? null : Number(row.date_s),
    subject: row.subject,
    reason: row.reason,
    again: row.again,
  }
}
