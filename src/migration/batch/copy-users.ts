/**
 * Users of other batches for a new one (New-MigrationBatch -Users). One that has failed or is stopped there moves over;
 * one that is active is refused unless its original is disabled (-DisableOnCopy): a mailbox has one user that runs.
 */
import { randomUUID } from 'node:crypto'
import { ambiguous, notFound, stateForbids } from '#base/request-faults.ts'
import { SUMMARY_OF } from '#contract/states.ts'
import type { NewUser } from '#store/service/add-users.ts'
import { releaseUsers } from '#store/service/change-user.ts'
import { listDatabaseRows } from '#store/service/databases.ts'
import type { ServiceClient } from '#store/service/service-store.ts'
import { type UserRow, findManyUsers } from '#store/service/users.ts'
import type { ServiceDeps } from './deps.ts'
import { type PlanContext, ROW_INVALID, sourceKey, targetKey } from './plan-users.ts'

export interface CopiedUsers {
  readonly columns: readonly string[]
  readonly ready: readonly NewUser[]
  /** Whose rows were wrong: they stand in the new batch as they did in the old one. */
  readonly failed: readonly NewUser[]
  /** The originals let go of their mailboxes. */
  release(client: ServiceClient): Promise<void>
}

const NO_KEY = Buffer.alloc(0)
const COLUMNS = ['EmailAddress', 'UserName', 'Password', 'UserRoot', 'TargetUserName', 'TargetPassword']

export async function copyUsers(
  deps: ServiceDeps,
  identities: readonly string[],
  disables: boolean,
  context: PlanContext,
  /** The new batch names a target database; else each user keeps the one it had. */
  isDatabaseChosen: boolean,
): Promise<CopiedUsers> {
  const found = new Map<string, UserRow>()
  const named = new Map<string, Set<UserRow>>()
  const rows = new Map((await findManyUsers(deps.store, identities)).map((user) => [user.id, user]))
  for (const user of rows.values())
    for (const name of [user.id, user.address_key]) named.set(name, (named.get(name) ?? new Set()).add(user))
  for (const identity of identities) {
    const user = originalOf(identity, [...(named.get(identity.toLowerCase()) ?? [])], disables)
    found.set(user.id, user)
  }
  const originals = [...found.values()]
  const databases = new Map((await listDatabaseRows(deps.store)).map((row) => [row.id, row]))
  const copies = originals.map((user, index): NewUser => {
    const id = randomUUID()
    // A sealed password opens only in its own row.
    const moved = (column: 'password' | 'target_password') => {
      const sealed = user[column]
      if (sealed === null) return null
      const plain = deps.secrets.open(sealed, { table: 'migration_user', id: user.id, column })
      return deps.secrets.seal(plain, { table: 'migration_user', id, column })
    }
    const isRunnable = user.source_key.length > 0
    const own = isDatabaseChosen ? undefined : databases.get(user.database_id)
    const database = own ?? context.database
    return {
      id,
      rowNumber: index + 2,
      address: user.address,
      userName: user.user_name,
      userRoot: user.user_root,
      password: moved('password'),
      databaseId: database.id,
      targetUserName: user.target_user_name,
      targetPassword: moved('target_password'),
      cells: [user.address, user.user_name, '', user.user_root ?? '', user.target_user_name ?? '', ''],
      sourceKey: isRunnable ? sourceKey(context.endpointId, user.user_name, user.user_root) : NO_KEY,
      targetKey: isRunnable
        ? targetKey(database, {
            rowNumber: index + 2,
            emailAddress: user.address,
            targetUserName: user.target_user_name,
            targetPassword: user.target_password === null ? null : '',
          })
        : NO_KEY,
      status: isRunnable ? context.status : 'Failed',
      error: isRunnable
        ? null
        : { code: ROW_INVALID, message: user.error_message ?? '', remedy: user.error_remedy ?? null },
    }
  })
  return {
    columns: COLUMNS,
    ready: copies.filter(({ error }) => error === null),
    failed: copies.filter(({ error }) => error !== null),
    release: (client) =>
      releaseUsers(
        client,
        originals.map(({ id }) => id),
      ),
  }
}

function originalOf(identity: string, found: readonly UserRow[], disables: boolean): UserRow {
  const running = found.filter(({ holds }) => holds)
  const [user, other] = running.length > 0 ? running : found
  if (!user) throw notFound('migration user', identity)
  if (other) throw ambiguous('migration user', identity, 'Name the one that is meant by its Guid.')
  const summary = SUMMARY_OF[user.status]
  if (!disables && summary !== 'Failed' && summary !== 'Stopped') {
    throw stateForbids(
      'New-MigrationBatch -Users',
      `the user "${user.address}"`,
      `it is ${user.status} in the batch "${user.batch}", and comes along only when it may end there (DisableOnCopy)`,
    )
  }
  return user
}
