/** Start-, Stop-, Set- and Remove-MigrationUser. */
import { badValue, stateForbids } from '#base/request-faults.ts'
import type { Precondition, Principal } from '#contract/calls.ts'
import type { MigrationUser, SetUser } from '#contract/user.ts'
import { changeUser, removeUser, startUser, stopUser } from '#store/service/change-user.ts'
import type { UserRow } from '#store/service/users.ts'
import { refuseCompletion } from '../batch/choices.ts'
import type { ServiceDeps } from '../batch/deps.ts'
import { mayDo, userNamed } from './find.ts'
import { showUser } from './show-user.ts'

interface Named {
  readonly identity: string
  readonly batch: string | undefined
}

export async function startOne({ store }: ServiceDeps, named: Named, by: Principal): Promise<MigrationUser> {
  const user = await userNamed(store, named.identity, named.batch)
  if (!mayDo('Start', user)) return showUser(user)
  // Its batch would run, and the other users of it would not.
  if (!user.batch_was_started) throw notStarted(user)
  if (!(await startUser(store, user.id, by.name))) throw cannotStart(user)
  return showUser(await userNamed(store, user.id, undefined))
}

const notStarted = (user: UserRow) =>
  stateForbids(
    'Start-MigrationUser',
    `the user "${user.address}"`,
    `its batch "${user.batch}" was never started; start the batch first`,
  )

/** What Start cannot mend, in the user's own words: its row, or somebody else's hold on its mailbox. */
function cannotStart(user: UserRow) {
  return stateForbids(
    'Start-MigrationUser',
    `the user "${user.address}"`,
    (user.error_message ?? 'another user has its mailbox').replace(/\.$/, ''),
  )
}

export async function stopOne({ store }: ServiceDeps, named: Named, by: Principal): Promise<MigrationUser> {
  const user = await userNamed(store, named.identity, named.batch)
  if (mayDo('Stop', user)) await stopUser(store, user.id, by.name)
  return showUser(await userNamed(store, user.id, undefined))
}

export async function removeOne(
  { store }: ServiceDeps,
  named: Named,
  by: Principal,
  precondition?: Precondition,
): Promise<void> {
  const user = await userNamed(store, named.identity, named.batch)
  if (mayDo('Remove', user)) await removeUser(store, user.id, by.name, checked(user, precondition))
}

const checked = (user: UserRow, precondition: Precondition | undefined) => (startAfter: Date | null) =>
  precondition?.check(showUser({ ...user, start_after: startAfter }))

export async function setOne(
  { store }: ServiceDeps,
  named: Named,
  asked: SetUser,
  by: Principal,
  precondition?: Precondition,
): Promise<MigrationUser> {
  const user = await userNamed(store, named.identity, named.batch)
  mayDo('Set', user)
  refuseCompletion(asked)
  if (asked.approveSkippedItems) {
    throw badValue('approveSkippedItems', 'is not possible for an IMAP migration, which asks for no approval')
  }
  if (asked.syncNow) mayDo('SyncNow', user)
  await changeUser(
    store,
    user.id,
    { ...(asked.startAfter === undefined ? {} : { startAfter: asked.startAfter }), syncNow: asked.syncNow ?? false },
    by.name,
    checked(user, precondition),
  )
  return showUser(await userNamed(store, user.id, undefined))
}
