/**
 * Set-MigrationBatch -CSVData: rows of users that are there, corrected: the errors CSV as it was filled in. An empty
 * password keeps the stored one. Nothing is started by it.
 */
import { badValue } from '#base/request-faults.ts'
import type { BatchRow } from '#store/service/batches.ts'
import type { BatchChange } from '#store/service/change-batch.ts'
import { type Correction, correctUsers, knownUsers } from '#store/service/correct-users.ts'
import { findDatabase } from '#store/service/databases.ts'
import type { CsvUser } from '../csv/check-rows.ts'
import { csvOf } from './csv-of.ts'
import type { ServiceDeps } from './deps.ts'
import { planContext } from './plan-context.ts'
import { type PlanContext, sourceKey, targetKey } from './plan-users.ts'

const MOST_NAMED = 5

export async function correctRows(
  deps: ServiceDeps,
  batch: BatchRow,
  csvFile: string,
  allow: boolean,
): Promise<BatchChange> {
  const database = await findDatabase(deps.store, batch.database_id)
  const check = await csvOf(deps, csvFile, {
    allowUnknownColumns: allow,
    targetLogin: database.login_template,
    keepsPasswords: true,
  })
  const bad = check.badRows[0]
  if (bad)
    throw badValue(
      'csvFile',
      `cannot be used: row ${bad.rowNumber}: ${bad.message}`,
      'Correct it; nothing was changed.',
    )
  const context = await planContext(deps, {
    endpointId: batch.endpoint_id,
    databaseId: batch.database_id,
  })
  return {
    async users(client) {
      const known = await knownUsers(client, batch.id)
      const strangers = check.users.filter(({ emailAddress }) => !known.has(emailAddress.toLowerCase()))
      if (strangers.length > 0) throw unknownUsers(strangers)
      const without = check.users.find(
        (user) => user.password === '' && !known.get(user.emailAddress.toLowerCase())!.has_password,
      )
      if (without) {
        throw badValue(
          'csvFile',
          `has no Password in row ${without.rowNumber} (${without.emailAddress}), and none is stored`,
          'Fill it in; nothing was changed.',
        )
      }
      await correctUsers(
        client,
        check.users.map((user) => correctionOf(user, known.get(user.emailAddress.toLowerCase())!, context)),
      )
    },
  }
}

function correctionOf(
  user: CsvUser,
  known: { readonly id: string; readonly has_target_password: boolean },
  context: PlanContext,
): Correction {
  const database = user.targetDatabase === null ? context.database : context.databaseNamed(user.targetDatabase)
  if (!database) {
    throw badValue(
      'csvFile',
      `names a TargetDatabase that is not there in row ${user.rowNumber}`,
      'Correct it; nothing was changed.',
    )
  }
  const seal = (column: string, plain: string | null) =>
    plain ? context.secrets.seal(plain, { table: 'migration_user', id: known.id, column }) : null
  const kept = user.targetPassword === null && known.has_target_password ? '' : user.targetPassword
  return {
    id: known.id,
    rowNumber: user.rowNumber,
    userName: user.userName,
    userRoot: user.userRoot,
    password: seal('password', user.password),
    targetUserName: user.targetUserName,
    targetPassword: seal('target_password', user.targetPassword),
    databaseId: database.id,
    cells: user.cells,
    sourceKey: sourceKey(context.endpointId, user.userName, user.userRoot),
    targetKey: targetKey(database, { ...user, targetPassword: kept }),
  }
}

function unknownUsers(strangers: readonly CsvUser[]) {
  const named = strangers
    .slice(0, MOST_NAMED)
    .map(({ rowNumber, emailAddress }) => `row ${rowNumber} (${emailAddress})`)
  const more = strangers.length > MOST_NAMED ? ` and ${strangers.length - MOST_NAMED} more` : ''
  return badValue(
    'csvFile',
    `holds users that are not in the batch: ${named.join(', ')}${more}`,
    'Add new users with -AddUsers; without it, the file corrects users who are there. Nothing was changed.',
  )
}
