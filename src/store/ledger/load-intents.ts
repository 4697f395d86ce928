/** Open intents that a holder before us left. */
import { bug } from '#base/fault.ts'
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
  /** Every message of it has landed: nothing is in doubt, and it is to be closed. */
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
    const open = messages.filter(({ uid }) => !landed.has(uid))
    // The packets of a broken connection can reach PostgreSQL after the commit was repeated on another and the
    // intent closed: they open it again. Asked of the target, such a message is explained by the ledger, counts
    // as not found, and would be sent twice.
    const ghost = open.length === 0
    if (!ghost && open.length < messages.length) {
      throw bug('LEDGER_INTENT', `intent ${row.id} is open and some of its messages have landed`, {
        folder: row.folder,
      })
    }
    const { id, folder } = row
    const validity = Number(row.target_validity)
    left.push({ ghost, intent: { id, folder, targetValidity: validity, probeFrom: Number(row.probe_from), messages } })
  }
  return left
}
