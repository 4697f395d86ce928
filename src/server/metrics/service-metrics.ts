/** Figures of the whole service out of its database: the same whichever process is asked, and right with many. */
import { Counter, Gauge, type Registry } from 'prom-client'
import { systemClock } from '#base/clock.ts'
import { isAlive } from '#migration/organization/worker-use-cases.ts'
import { BATCH_STATUSES, USER_STATUSES } from '#contract/states.ts'
import type { Store } from '#store/open.ts'
import { readBatches, statusOf } from '#store/service/batches.ts'
import { operatingFigures } from '#store/service/operating-figures.ts'
import { listWorkers } from '#store/service/organization.ts'

/** Answers what fills the figures in; it throws when the database does not answer, and then none of them is told. */
export function serviceMetrics(registry: Registry, store: Store): () => Promise<void> {
  const registers = [registry]
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Gauge({ name: `waybill_${name}`, help, labelNames, registers })
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Counter({ name: `waybill_${name}_total`, help, labelNames, registers })
  const users = gauge('users', 'Migration users by status.', 'status')
  const batches = gauge('batches', 'Batches by status.', 'status')
  const slotsUsed = gauge('slots_used', 'Slots of an endpoint that are taken.', 'endpoint', 'bucket')
  const slotsMost = gauge('slots_limit', 'Slots that an endpoint has.', 'endpoint', 'bucket')
  const due = gauge('users_due', 'Users that wait for a slot and could run now.', 'bucket')
  const outbox = gauge('notifications_waiting', 'Mails and hook calls that are to be sent.', 'channel')
  const workers = gauge('workers', 'Workers by whether they live.', 'alive')
  const capacity = gauge('worker_capacity', 'Passes at once that the living workers have room for.')
  const active = gauge('worker_active', 'Passes that run.')
  const passes = counter('passes', 'Passes that are over.', 'kind', 'result')
  const messages = counter('messages_carried', 'Messages that have landed.')
  const bytes = counter('bytes_carried', 'Bytes of those messages.')
  const faults = counter('pass_faults', 'Passes that ended with a fault, by its code (docs/errors.md).', 'code')
  return async () => {
    const [figures, all, working] = await Promise.all([
      operatingFigures(store.pool),
      readBatches(store),
      listWorkers(store),
    ])
    for (const status of USER_STATUSES) {
      users.set(
        { status },
        all.reduce((sum, { totals }) => sum + (totals.users[status] ?? 0), 0),
      )
    }
    const statuses = all.map(statusOf)
    for (const status of BATCH_STATUSES) batches.set({ status }, statuses.filter((one) => one === status).length)
    for (const each of [slotsUsed, slotsMost]) each.reset()
    for (const { endpoint, bucket, used, most } of figures.slots) {
      slotsUsed.set({ endpoint, bucket }, used)
      slotsMost.set({ endpoint, bucket }, most)
    }
    due.set({ bucket: 'initial' }, figures.due.initial)
    due.set({ bucket: 'incremental' }, figures.due.incremental)
    for (const { channel, waiting } of figures.outbox) outbox.set({ channel }, waiting)
    const now = systemClock.now()
    const alive = working.filter((worker) => isAlive(worker, now))
    workers.set({ alive: 'true' }, alive.length)
    workers.set({ alive: 'false' }, working.length - alive.length)
    capacity.set(alive.reduce((sum, worker) => sum + worker.capacity, 0))
    active.set(working.reduce((sum, worker) => sum + worker.active, 0))
    // Counted by the database: set anew each time, not added to.
    for (const each of [passes, messages, bytes, faults]) each.reset()
    messages.inc(0)
    bytes.inc(0)
    for (const { kind, result, passes: count, items, bytes: size } of figures.passes) {
      if (result !== 'Running') passes.inc({ kind, result }, count)
      messages.inc(items)
      bytes.inc(size)
    }
    for (const { code, passes: count } of figures.faults) faults.inc({ code }, count)
  }
}
