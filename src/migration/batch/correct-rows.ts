/**
 * Set-MigrationBatch -CSVData: rows of users that are there, corrected: the errors CSV as it was filled in. An empty
 * password keeps the stored one. Nothing is started by it.
 */
import { badValue } from '#base/request-faults.ts'
import type { BatchRow } from '#store/service/batches.ts'
import type { BatchChange } from '#store/service/change-batch.ts'
import { type Correction, type KnownUser, correctUsers, knownUsers } from '#store/service/correct-users.ts'
import { findDatabase } from '#store/service/databases.ts'
import { errorColumn } from '#csv/columns.ts'
import type { CsvUser } from '#csv/check-rows.ts'
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
  if (bad && check.users.length === 0) {
    const what = `cannot be used: row ${bad.rowNumber}: ${bad.message}`
    throw badValue('csvFile', what, 'Correct it; nothing was changed.')
  }
  const context = await planContext(deps, { endpointId: batch.endpoint_id, databaseId: batch.database_id })
  return {
    // Rows that are not mended yet hold up no others: they stay as they are.
    warnings: [
      ...check.warnings,
      ...check.badRows.map(({ rowNumber, message }) => `Row ${rowNumber} is not corrected: ${message}.`),
    ].slice(0, MOST_WARNINGS),
    async users(client) {
      const known = await knownUsers(client, batch.id)
      const meant = meantBy(check.columns, known)
      const strangers = check.users.filter((user) => !meant(user))
      if (strangers.length > 0) throw unknownUsers(strangers)
      const without = check.users.find((user) => user.password === '' && !meant(user)!.has_password)
      if (without) {
        throw badValue(
          'csvFile',
          `has no Password in row ${without.rowNumber} (${without.emailAddress}), and none is stored`,
          'Fill it in; nothing was changed.',
        )
      }
      await correctUsers(
        client,
        check.users.map((user) => correctionOf(user, meant(user)!, context)),
      )
    },
  }
}

const MOST_WARNINGS = 100

/**
 * Whom a row corrects: the user of its address. Where it was the address that was wrong, our errors CSV says in the
 * column ErrorMessage which row of the first file it was.
 */
function meantBy(columns: readonly string[], known: ReadonlyMap<string, KnownUser>) {
  const at = columns.indexOf(errorColumn)
  const invalid = new Map([...known.values()].flatMap((user) => (user.is_invalid ? [[user.row_number, user]] : [])))
  return ({ emailAddress, cells }: CsvUser): KnownUser | undefined =>
    known.get(emailAddress.toLowerCase()) ?? invalid.get(Number(/^Row (\d+):/.exec(cells[at] ?? '')?.[1]))
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
    address: user.emailAddress,
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
    'This file corrects users who are there; new ones come with a file that adds users. Nothing was changed.',
  )
}
