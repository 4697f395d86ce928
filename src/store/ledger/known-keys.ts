/**
 * Copies in a target folder that some ledger explains: ours, and those of every other mailbox that was ever
 * brought to the same target (the same person from another server, or with another UserRoot).
 */
import type { FolderPath, TargetKey } from '#engine/ports.ts'
import type { Context } from './context.ts'
import { unpackKeys } from './pack-keys.ts'
import type { Int8 } from './types.ts'
import { textOf } from './words.ts'

const PAGE = 200

export async function knownKeys(
  context: Context,
  targetPath: FolderPath,
  from: number,
  whose: 'anyone' | 'ours',
): Promise<Set<TargetKey>> {
  const { store, mailboxId } = context
  const known = new Set<TargetKey>()
  let seq: Int8 = 0
  for (;;) {
    const { rows } = await store.retrying(() =>
      store.pool.query<{ seq: Int8; keys: Buffer }>(
        `SELECT g.seq, g.keys FROM message_group g WHERE g.folder_ref = ANY(ARRAY(
           SELECT f.ref FROM mailbox me JOIN mailbox m ON m.target_hash = me.target_hash
             JOIN folder f ON f.mailbox_id = m.id AND f.target_path = $2
           WHERE me.id = $1 AND ($5 OR m.id = me.id))) AND (g.max_key >= $3 OR g.has_names) AND g.seq > $4
         ORDER BY g.seq LIMIT ${PAGE}`,
        [mailboxId, textOf(targetPath), from, seq, whose === 'anyone'],
      ),
    )
    for (const { keys } of rows) {
      for (const key of unpackKeys(keys)) if (typeof key === 'string' || (key !== null && key >= from)) known.add(key)
    }
    if (rows.length < PAGE) return known
    seq = rows.at(-1)!.seq
  }
}
