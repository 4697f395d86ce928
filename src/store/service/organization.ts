/** Who works for the service. */
import type { ServiceStore } from './service-store.ts'

export interface WorkerState {
  readonly name: string
  readonly capacity: number
  readonly heartbeat_at: Date
  readonly active: number
}

export async function listWorkers(store: ServiceStore): Promise<WorkerState[]> {
  const { rows } = await store.retrying(() =>
    store.pool.query<WorkerState>(
      `SELECT w.name, w.capacity, w.heartbeat_at,
         (SELECT count(*)::int FROM migration_pass p WHERE p.result = 'Running' AND p.worker = w.name) AS active
       FROM worker w ORDER BY w.name`,
    ),
  )
  return rows
}
