import { notFound } from '#base/request-faults.ts'
import type { Answer, Call } from '#contract/calls.ts'
import type { Notification } from '#contract/notification.ts'
import type { listNotifications as Route } from '#contract/routes/notifications.ts'
import { readArchivedBatches } from '#store/service/archive.ts'
import { findBatch } from '#store/service/batches.ts'
import { isGuid } from '#store/service/named.ts'
import { type NotificationRow, readNotifications } from '#store/service/notifications.ts'
import { badCursor, cutPage, readCursor } from '../page.ts'
import type { NotificationDeps } from './deps.ts'

/** Also of batches that are gone. */
export async function listNotifications(
  { store }: Pick<NotificationDeps, 'store'>,
  { query }: Pick<Call<typeof Route>, 'query'>,
): Promise<Answer<typeof Route>> {
  const { batch, status, channel, cursor, limit } = query
  const after = readCursor(cursor)
  if (after !== null && !(isGuid(after[1]) && Number.isFinite(Date.parse(after[0])))) throw badCursor()
  const filter = {
    batch: batch === undefined ? null : { id: isGuid(batch) ? batch : null, name: batch },
    state: status ?? null,
    channel: channel ?? null,
  }
  const { rows, total } = await readNotifications(store, filter, after, limit + 1)
  if (batch !== undefined && total === 0) await checkBatch(store, batch)
  const { page, nextCursor } = cutPage(rows, limit, ({ created, id }) => [created, id])
  return {
    items: page.map(show),
    nextCursor,
    total,
  }
}

/** That of a batch that is gone may be the name of one that told nothing. @throws Fault OBJECT_NOT_FOUND */
async function checkBatch(store: NotificationDeps['store'], batch: string): Promise<void> {
  if ((await findBatch(store, batch)) !== null || (await readArchivedBatches(store, batch)).length > 0) return
  // Told, but nothing of what was asked for.
  const filter = { batch: { id: isGuid(batch) ? batch : null, name: batch }, state: null, channel: null }
  if ((await readNotifications(store, filter, null, 1)).total === 0) throw notFound('migration batch', batch)
}

const show = (row: NotificationRow): Notification => ({
  identity: row.id,
  batchId: row.batch,
  batchGuid: row.batch_id,
  kind: row.kind,
  channel: row.channel,
  recipient: row.recipient,
  status: row.state,
  attempts: row.attempts,
  creationDateTime: row.created_at.toISOString(),
  sentDateTime: row.state === 'Sent' ? (row.settled_at?.toISOString() ?? null) : null,
  nextAttemptDateTime: row.state === 'Waiting' ? row.next_at.toISOString() : null,
  errorCode: row.code,
  message: row.said,
})
