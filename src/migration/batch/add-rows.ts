/** Set-MigrationBatch -AddUsers -CSVData: rows of addresses that the batch has not yet; the others are passed over. */
import { badValue } from '#base/request-faults.ts'
import { addUsers } from '#store/service/add-users.ts'
import type { BatchRow } from '#store/service/batches.ts'
import { type BatchChange, addWarnings } from '#store/service/change-batch.ts'
import { knownUsers } from '#store/service/correct-users.ts'
import { findDatabase } from '#store/service/databases.ts'
import { errorColumn } from '#csv/columns.ts'
import { csvOf } from './csv-of.ts'
import type { ServiceDeps } from './deps.ts'
import { planContext } from './plan-context.ts'
import { planUsers, standAside } from './plan-users.ts'

export async function addRows(
  deps: ServiceDeps,
  batch: BatchRow,
  csvFile: string,
  allow: boolean,
): Promise<BatchChange> {
  const database = await findDatabase(deps.store, batch.database_id)
  const check = await csvOf(deps, csvFile, { allowUnknownColumns: allow, targetLogin: database.login_template })
  refuseOtherColumns(batch.columns, check.columns)
  const planned = await planUsers(
    check,
    await planContext(deps, { endpointId: batch.endpoint_id, databaseId: batch.database_id }),
  )
  return {
    warnings: [...batch.warnings, ...check.warnings],
    async users(client) {
      const known = await knownUsers(client, batch.id)
      const isNew = ({ address }: { readonly address: string }) => !known.has(address.toLowerCase())
      const failed = planned.failed.filter(isNew)
      const aside = await addUsers(client, batch.id, { ready: planned.ready.filter(isNew), failed }, (user, rival) =>
        standAside(user, rival, batch.name),
      )
      await addWarnings(client, batch.id, [...failed, ...aside])
    },
  }
}

/** "The same format": the columns of the batch's first file, in whatever order. */
export function refuseOtherColumns(before: readonly string[], now: readonly string[]): void {
  const names = (columns: readonly string[]) => columns.filter((name) => name !== errorColumn)
  const missing = names(before).filter((name) => !now.includes(name))
  const more = names(now).filter((name) => !before.includes(name))
  if (missing.length === 0 && more.length === 0) return
  const said = [
    missing.length > 0 ? `lacks ${missing.join(', ')}` : '',
    more.length > 0 ? `has ${more.join(', ')}, which the batch's file has not` : '',
  ]
  throw badValue(
    'csvFile',
    `must have the columns that the batch was made with: it ${said.filter(Boolean).join(' and ')}`,
    'Use the same header as the file that made the batch.',
  )
}
