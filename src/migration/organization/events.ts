/** The event log: read in pieces, or watched. */
import { setTimeout as wait } from 'node:timers/promises'
import { notFound } from '#base/request-faults.ts'
import type { Answer, Call } from '#contract/calls.ts'
import type { ServiceEvent } from '#contract/organization.ts'
import type { listEvents as List, streamEvents as Stream } from '#contract/routes/organization.ts'
import type { Listener } from '#jobs/listen.ts'
import { findBatch } from '#store/service/batches.ts'
import { type EventRow, lastEvent, readEvents } from '#store/service/events.ts'
import type { ServiceDeps } from '../batch/deps.ts'

const AT_ONCE = 500
/** An event that waited for an open transaction is told without a word of its own. */
const POLL_MS = 2_000
/** What happens in so short a time is read at once: each look is a query for each who watches, and passes tell much. */
const GATHER_MS = 100

const show = (row: EventRow): ServiceEvent => ({
  id: row.id,
  at: row.at.toISOString(),
  kind: row.kind,
  batch: row.batch,
  user: row.address,
  endpoint: row.endpoint,
  worker: row.worker,
  facts: row.facts,
})

export interface EventDeps extends ServiceDeps {
  readonly listener: Listener
}

async function batchOf({ store }: ServiceDeps, identity: string | undefined): Promise<string | null> {
  if (identity === undefined) return null
  const id = await findBatch(store, identity)
  if (id === null) throw notFound('migration batch', identity)
  return id
}

export async function listEvents(
  deps: EventDeps,
  { query }: Pick<Call<typeof List>, 'query'>,
): Promise<Answer<typeof List>> {
  const rows = await readEvents(deps.store, query.after, query.limit, await batchOf(deps, query.batch))
  return { items: rows.map(show), last: rows.at(-1)?.id ?? query.after }
}

/** From `after` on, else from now on; ends when the caller has gone. */
export async function streamEvents(
  deps: EventDeps,
  { query, signal }: Pick<Call<typeof Stream>, 'query' | 'signal'>,
): Promise<Answer<typeof Stream>> {
  const batchId = await batchOf(deps, query.batch)
  return watch(deps, query.after ?? (await lastEvent(deps.store)), batchId, signal)
}

async function* watch(
  { store, listener }: EventDeps,
  from: number,
  batchId: string | null,
  signal: AbortSignal,
): AsyncGenerator<ServiceEvent> {
  let after = from
  let wake = () => {}
  const off = listener.on('events', () => wake())
  try {
    while (!signal.aborted) {
      // Asked for before reading: what is told while we read is not missed.
      const told = new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, POLL_MS)
        wake = () => (clearTimeout(timer), resolve())
        signal.addEventListener('abort', wake, { once: true })
      })
      const lookedAt = performance.now()
      const rows = await readEvents(store, after, AT_ONCE, batchId)
      for (const row of rows) yield show(row)
      after = rows.at(-1)?.id ?? after
      if (rows.length < AT_ONCE) await told
      else wake()
      signal.removeEventListener('abort', wake)
      const early = GATHER_MS - (performance.now() - lookedAt)
      if (early > 0 && rows.length < AT_ONCE && !signal.aborted) await wait(early)
    }
  } finally {
    off()
    wake()
  }
}
