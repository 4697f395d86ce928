/** Where the newest items of a mailbox begin: kept from the first pass, so that later passes choose the same ones. */
import type { CutOff } from '#engine/ports.ts'
import type { Context } from './context.ts'
import type { Int8, LedgerStore } from './types.ts'

interface Row {
  readonly cut_max_items: Int8
  readonly cut_date_s: Int8
  readonly cut_folder: string
  readonly cut_uid: Int8
}

export async function loadCutOff(store: LedgerStore, mailboxId: string): Promise<CutOff | null> {
  const text = `SELECT cut_max_items, cut_date_s, cut_folder, cut_uid FROM mailbox
    WHERE id = $1 AND cut_max_items IS NOT NULL`
  const { rows } = await store.retrying(() => store.pool.query<Row>(text, [mailboxId]))
  const [row] = rows
  if (!row) return null
  return {
    maxItems: Number(row.cut_max_items),
    dateS: Number(row.cut_date_s),
    folder: row.cut_folder,
    uid: Number(row.cut_uid),
  }
}

export async function writeCutOff({ committer, mailboxId }: Context, cutOff: CutOff): Promise<void> {
  const values = [mailboxId, cutOff.maxItems, cutOff.dateS, cutOff.folder, cutOff.uid]
  await committer.commit(async (client) => {
    await client.query(
      'UPDATE mailbox SET cut_max_items = $2, cut_date_s = $3, cut_folder = $4, cut_uid = $5 WHERE id = $1',
      values,
    )
  })
}
