/** The user that is meant, in a state that allows what is asked. */
import { ambiguous, notFound, stateForbids } from '#base/request-faults.ts'
import { type UserCommand, mayUser } from '#contract/transitions.ts'
import { findBatch } from '#store/service/batches.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { type UserRow, findUsers } from '#store/service/users.ts'

/** @throws Fault OBJECT_NOT_FOUND; OBJECT_AMBIGUOUS when the address stands in several batches */
export async function userNamed(store: ServiceStore, identity: string, batch: string | undefined): Promise<UserRow> {
  const batchId = batch === undefined ? null : await findBatch(store, batch)
  if (batch !== undefined && batchId === null) throw notFound('migration batch', batch)
  const found = await findUsers(store, identity, batchId)
  const [user, other] = found
  if (!user) throw notFound('migration user', identity)
  if (!other) return user
  const batches = found.map((each) => `"${each.batch}"`).join(', ')
  throw ambiguous(
    'migration user',
    identity,
    `It stands in the batches ${batches}: name the batch, too, or the user by its Guid.`,
  )
}

const CMDLET: Readonly<Record<UserCommand, string>> = {
  Start: 'Start-MigrationUser',
  Stop: 'Stop-MigrationUser',
  SyncNow: 'Set-MigrationUser -SyncNow',
  Set: 'Set-MigrationUser',
  Remove: 'Remove-MigrationUser',
}

/** False when the command is accepted and nothing is left to do. @throws Fault STATE_FORBIDS */
export function mayDo(command: UserCommand, user: UserRow): boolean {
  const verdict = mayUser(command, user.status)
  if (typeof verdict === 'object') {
    throw stateForbids(CMDLET[command], `the user "${user.address}", which is ${user.status}`, verdict.no)
  }
  return verdict === 'yes'
}
