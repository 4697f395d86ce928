/** Rows of a checked CSV file become users to store: those that may run, and those that stand there failed. */
import { createHash, randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { Fault } from '#base/fault.ts'
import { sentence } from '#base/sentence.ts'
import { placeOf } from '#mailbox/maildir/address-folder.ts'
import type { Secrets } from '#store/secrets.ts'
import type { DatabaseRow } from '#store/service/databases.ts'
import type { NewUser, Rival } from '#store/service/add-users.ts'
import type { CsvCheck } from '#csv/check-csv.ts'
import type { BadRow, CsvUser } from '#csv/check-rows.ts'
import { loginOpen } from '../database/database-target.ts'
import { type LoginTemplate, targetCredentials } from '../migrate/target-login.ts'

export interface PlanContext {
  readonly endpointId: string
  readonly database: DatabaseRow
  /** By name, as a row's TargetDatabase says it; null when there is none. */
  databaseNamed(name: string): DatabaseRow | null
  readonly secrets: Secrets
  /** Users of a batch that runs are queued at once. */
  readonly status: 'Validating' | 'Queued'
}

export const ROW_INVALID = 'MIGRATION_CSV_ROW_INVALID'
export const ALREADY_MIGRATED = 'USER_ALREADY_BEING_MIGRATED'
export const IN_OTHER_BATCH = 'USER_DUPLICATE_IN_OTHER_BATCH'
const CORRECT_ROW = 'Correct the row, and give the file to the batch again, to change the users that are there.'

const hash = (...parts: readonly string[]) => createHash('sha256').update(JSON.stringify(parts)).digest()

/** Log-ins are compared without regard to case, as mail servers do: two people's mail must not be merged by a slip. */
export const sourceKey = (endpointId: string, userName: string, userRoot: string | null) =>
  hash('source', endpointId, userName.toLowerCase(), userRoot ?? '')

export function targetKey(database: DatabaseRow, row: Parameters<typeof targetCredentials>[0]): Buffer {
  if (database.kind === 'Maildir') {
    const { root, below } = placeOf(database.path ?? '', row.emailAddress)
    return hash('target', database.id, root, ...below)
  }
  const { login_template: text, admin_user: admin, admin_password: password } = database
  const template: LoginTemplate | null =
    text === null || password === null ? null : { template: text, admin, password: '' }
  if (row.targetPassword === null && template === null) throw loginOpen(database, row)
  return hash('target', database.id, targetCredentials(row, template).username.toLowerCase())
}

/** Sealing and hashing tens of thousands of rows takes seconds: others are answered meanwhile. */
const ROWS_AT_A_TIME = 1_000

export async function planUsers(
  check: CsvCheck,
  context: PlanContext,
): Promise<{ ready: NewUser[]; failed: NewUser[] }> {
  const ready: NewUser[] = []
  const failed: NewUser[] = []
  for (const [index, user] of check.users.entries()) {
    if (index % ROWS_AT_A_TIME === ROWS_AT_A_TIME - 1) await setImmediate()
    try {
      ready.push(readyUser(user, context))
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown
      failed.push(
        failedUser(check.columns, user, thrown.message.replace(/^Row \d+ \(.*?\): /, ''), context, thrown.remedy),
      )
    }
  }
  for (const row of check.badRows) failed.push(failedUser(check.columns, row, row.message, context, CORRECT_ROW))
  return { ready, failed }
}

function readyUser(user: CsvUser, context: PlanContext): NewUser {
  const id = randomUUID()
  const database = user.targetDatabase === null ? context.database : context.databaseNamed(user.targetDatabase)
  if (!database) {
    throw new Fault({
      code: ROW_INVALID,
      scope: 'request',
      transient: false,
      message: 'TargetDatabase names a mailbox database that is not there.',
      remedy: CORRECT_ROW,
    })
  }
  const seal = (column: string, plain: string | null) =>
    plain === null ? null : context.secrets.seal(plain, { table: 'migration_user', id, column })
  return {
    id,
    rowNumber: user.rowNumber,
    address: user.emailAddress,
    userName: user.userName,
    userRoot: user.userRoot,
    password: seal('password', user.password),
    databaseId: database.id,
    targetUserName: user.targetUserName,
    targetPassword: seal('target_password', user.targetPassword),
    cells: user.cells,
    sourceKey: sourceKey(context.endpointId, user.userName, user.userRoot),
    targetKey: targetKey(database, user),
    status: context.status,
    error: null,
  }
}

/** It is called after its address, or, where that says nothing, after its row. */
function failedUser(
  columns: readonly string[],
  row: Pick<BadRow, 'rowNumber' | 'cells'>,
  message: string,
  { database }: PlanContext,
  remedy: string | null,
): NewUser {
  const cell = (name: string) => row.cells[columns.indexOf(name)]?.trim() ?? ''
  return {
    id: randomUUID(),
    rowNumber: row.rowNumber,
    address: cell('EmailAddress') || `row ${row.rowNumber}`,
    userName: cell('UserName'),
    userRoot: null,
    password: null,
    databaseId: database.id,
    targetUserName: null,
    targetPassword: null,
    cells: row.cells,
    sourceKey: Buffer.alloc(0),
    targetKey: Buffer.alloc(0),
    status: 'Failed',
    error: { code: ROW_INVALID, message: sentence(`Row ${row.rowNumber}: ${message}`), remedy },
  }
}

/** Stands aside for the user that has its address, source or target mailbox already. */
export function standAside(user: NewUser, rival: Rival | undefined, batchName: string): NewUser {
  const isSameBatch = rival?.batch === batchName
  const what =
    rival?.what === 'source'
      ? `the source mailbox is read by ${rival.address} already`
      : rival?.what === 'target'
        ? `${rival.address} is migrated into the same target mailbox already`
        : 'the address is being migrated already'
  const where = rival ? (isSameBatch ? 'in this batch' : `in the batch "${rival.batch}"`) : 'in another batch'
  return {
    ...user,
    status: 'Failed',
    error: {
      code: rival && rival.what === 'address' && !isSameBatch ? IN_OTHER_BATCH : ALREADY_MIGRATED,
      message: sentence(`Row ${user.rowNumber}: ${what}, ${where}`),
      remedy: isSameBatch
        ? 'Correct the row, or remove one of the two users.'
        : 'Remove the user from that batch, or this one from this batch; then start it.',
    },
  }
}
