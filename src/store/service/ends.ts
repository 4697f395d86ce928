/** Batches that end by themselves: announced, then asked as an administrator would ask. */
import { inTransaction } from '../ledger/transaction.ts'
import { addEvent } from './events.ts'
import { noteExpiring } from './notify.ts'
import { addServiceAct, SERVICE_CALLER } from './service-acts.ts'
import type { ServiceStore } from './service-store.ts'
import { wake } from './wake.ts'

export type EndAction = 'Stop' | 'Remove'

/** A batch as it was when its end was decided: who has touched it since has called it off, or has been faster. */
export interface EndingBatch {
  readonly id: string
  readonly name: string
  readonly last_action_at: Date
  readonly expiry_action: EndAction | null
  readonly expiry_told: Date | null
}

export interface AnnouncedEnd {
  readonly action: EndAction
  readonly at: Date
  /** `nobody has changed it for 60 days`: behind "because". */
  readonly why: string
}

/** Dates of JavaScript have milliseconds. */
const UNTOUCHED = `id = $1 AND flags = 'None' AND date_trunc('milliseconds', last_action_at) = $2
  AND expiry_action IS NOT DISTINCT FROM $3 AND date_trunc('milliseconds', expiry_told) IS NOT DISTINCT FROM $4`
const asSeen = (batch: EndingBatch) => [batch.id, batch.last_action_at, batch.expiry_action, batch.expiry_told]

/** Ids of those that nobody has touched for so long that an end may be near. */
export async function restingBatches(store: ServiceStore, seconds: number): Promise<string[]> {
  const { rows } = await store.pool.query<{ id: string }>(
    `SELECT id FROM migration_batch WHERE flags = 'None' AND was_started
       AND last_action_at <= now() - $1 * interval '1 second' ORDER BY last_action_at`,
    [seconds],
  )
  return rows.map(({ id }) => id)
}

/** Says when the batch will end, once: in the event log, and by mail and hook. */
export async function announceEnd(store: ServiceStore, batch: EndingBatch, end: AnnouncedEnd): Promise<void> {
  await inTransaction(store.pool, async (client) => {
    const { rowCount } = await client.query(
      `UPDATE migration_batch SET expiry_action = $5, expiry_told = $6 WHERE ${UNTOUCHED}`,
      [...asSeen(batch), end.action, end.at],
    )
    if (!rowCount) return
    await noteExpiring(client, batch.id, end.why)
    await addEvent(client, {
      kind: 'batch.expiring',
      batchId: batch.id,
      facts: { command: end.action, at: end.at.toISOString(), why: end.why },
    })
    await wake(client, 'events')
  })
}

/** Leaves the command for the service to carry out, unless the batch was touched or another process was faster. */
export async function endBatch(
  store: ServiceStore,
  batch: EndingBatch,
  { action, why }: Omit<AnnouncedEnd, 'at'>,
): Promise<void> {
  await inTransaction(store.pool, async (client) => {
    const { rowCount } = await client.query(
      `UPDATE migration_batch SET flags = $5, asked_by = $6, asked_why = $7, expiry_action = NULL, expiry_told = NULL
       WHERE ${UNTOUCHED}`,
      [...asSeen(batch), action, SERVICE_CALLER, why],
    )
    if (!rowCount) return
    await addServiceAct(client, {
      cmdlet: `${action}-MigrationBatch`,
      object: batch.name,
      objectGuid: batch.id,
      parameters: { Because: why },
    })
    await addEvent(client, {
      kind: 'batch.asked',
      batchId: batch.id,
      facts: { command: action, by: SERVICE_CALLER, why },
    })
    await wake(client, 'work')
    await wake(client, 'events')
  })
}
