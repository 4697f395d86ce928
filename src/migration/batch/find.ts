/** The batch that is meant, in a state that allows what is asked. */
import { notFound, stateForbids } from '#base/request-faults.ts'
import { type BatchCommand, mayBatch } from '#contract/transitions.ts'
import { readArchivedBatches } from '#store/service/archive.ts'
import { type BatchRow, findBatch, readBatch, statusOf } from '#store/service/batches.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { goesOn } from './show-batch.ts'

/** @throws Fault OBJECT_NOT_FOUND */
export async function batchNamed(store: ServiceStore, identity: string): Promise<BatchRow> {
  const batch = await readBatch(store, identity)
  if (!batch) throw notFound('migration batch', identity)
  return batch
}

/** The id of one that is there, else of the last one of that name that was removed. @throws Fault OBJECT_NOT_FOUND */
export async function anyBatch(store: ServiceStore, identity: string): Promise<string> {
  const id = (await findBatch(store, identity)) ?? (await readArchivedBatches(store, identity))[0]?.id
  if (id === undefined) throw notFound('migration batch', identity)
  return id
}

const CMDLET: Readonly<Record<BatchCommand, string>> = {
  Start: 'Start-MigrationBatch',
  Stop: 'Stop-MigrationBatch',
  Complete: 'Complete-MigrationBatch',
  Set: 'Set-MigrationBatch',
  SyncNow: 'Set-MigrationBatch -SyncNow',
  ApproveSkippedItems: 'Set-MigrationBatch -ApproveSkippedItems',
  SetSourceEndpoint: 'Set-MigrationBatch -SourceEndpoint',
  Remove: 'Remove-MigrationBatch',
}

/** False when the command is accepted and nothing is left to do. @throws Fault STATE_FORBIDS */
export function mayDo(command: BatchCommand, batch: BatchRow): boolean {
  const status = statusOf(batch)
  const verdict = mayBatch(command, status, batch.type, goesOn(batch))
  if (typeof verdict === 'object')
    throw stateForbids(CMDLET[command], `the batch "${batch.name}", which is ${status}`, verdict.no)
  return verdict === 'yes'
}
