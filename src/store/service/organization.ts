/** Who works for the service. */
import type { Selectable } from 'kysely'
import type { WorkerTable } from '../tables.ts'
import type { ServiceStore } from './service-store.ts'

export interface WorkerState extends Selectable<WorkerTable> {
  readonly name_key: string
  /** Passes that it runs. */
  readonly active: number
}

export async function listWorkers(store: ServiceStore): Promise<WorkerState[]> {
  const { rows } = await store.retrying(() =>
    store.pool.query<WorkerState>(
      `SELECT w.*, lower(w.name) AS name_key,
         (SELECT count(*)::int FROM migration_pass p WHERE p.result = 'Running' AND p.worker = w.name) AS active
       FROM worker w ORDER BY w.name`,
    ),
  )
  return rows
}
