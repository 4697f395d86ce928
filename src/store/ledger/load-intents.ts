/** Open intents that a holder before us left. */
import type { Intent } from '#engine/ports.ts'
import type { Context } from './context.ts'
import { unpackIntended, wordIdsInIntended } from './pack-intended.ts'
import type { Int8 } from './types.ts'
import type { UidRuns } from './uid-runs.ts'

interface Row {
  readonly id: string
  readonly folder: string
  readonly target_validity: Int8
  readonly probe_from: Int8
  readonly packed: Buffer
}

export interface LeftIntent {
  readonly intent: Intent
  /** Messages of it have landed: nothing is in doubt, and it is to be closed. */
  readonly ghost: boolean
}

/** In the order in which they were opened. */
export async function loadIntents(
  context: Context,
  landedIn: (folder: string) => Promise<UidRuns>,
): Promise<LeftIntent[]> {
  const { store, words, mailboxId } = context
  const { rows } = await store.retrying(() =>
    store.pool.query<Row>(
      `SELECT i.id, f.id AS folder, i.target_validity, i.probe_from, i.packed
       FROM intent i JOIN folder f ON f.ref = i.folder_ref WHERE i.mailbox_id = $1 ORDER BY i.opened_at, i.id`,
      [mailboxId],
    ),
  )
  const known = await words.load(rows.flatMap(({ packed }) => wordIdsInIntended(packed)))
  const left: LeftIntent[] = []
  for (const row of rows) {
    const messages = unpackIntended(row.packed, known)
    const landed = await landedIn(row.folder)
    // Closing and landing are one commit, so no open intent has landed messages, but for this: packets of a broken
    // connection may reach PostgreSQL after the commit was repeated on another and the intent was closed, and open
    // it again. Looked for on the target, its messages are explained by the ledger, count as not found, and would
    // be sent twice.
    const ghost = messages.some(({ uid }) => landed.has(uid))
    const { id, folder } = row
    const validity = Number(row.target_validity)
    left.push({ ghost, intent: { id, folder, targetValidity: validity, probeFrom: Number(row.probe_from), messages } })
  }
  return left
}
