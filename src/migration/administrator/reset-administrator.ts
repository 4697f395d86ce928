/** `waybill admin reset`: for whoever may open the socket, when nobody gets in any more. */
import { badValue, stateForbids } from '#base/request-faults.ts'
import type { OneTimePassword } from '#contract/administrator.ts'
import { changeAdministrator, findAdministrator, listAdministratorRows } from '#store/service/administrators.ts'
import type { AdministratorDeps } from './deps.ts'
import { ONE_TIME_MS } from './first-password.ts'
import { randomPassword } from './random-password.ts'

export async function resetAdministrator(
  { store, clock, hasher, firstPassword }: AdministratorDeps,
  identity: string | undefined,
): Promise<OneTimePassword> {
  const found = identity === undefined ? await onlyOne(store) : await findAdministrator(store, identity)
  if (found === null) {
    const first = await firstPassword.renew()
    if (first === null) throw stateForbids('waybill admin reset', 'the service', 'an administrator was made just now')
    return { administrator: null, enabled: true, password: first.password, expiresAt: first.expiresAt.toISOString() }
  }
  if (found.source === 'OpenIdConnect')
    throw stateForbids(
      'waybill admin reset',
      `the administrator "${found.name}"`,
      'they sign in with OpenID Connect and have no password; New-Administrator on this machine makes one who has',
    )
  const password = randomPassword()
  const hash = await hasher.hash(password)
  const endsAt = new Date(clock.now() + ONE_TIME_MS)
  const row = await changeAdministrator(
    store,
    found.id,
    () => ({ password_hash: hash, password_ends_at: endsAt, must_change_password: true }),
    { mayLockOut: true, except: null },
  )
  return { administrator: row.name, enabled: row.enabled, password, expiresAt: endsAt.toISOString() }
}

async function onlyOne(store: AdministratorDeps['store']) {
  const rows = await listAdministratorRows(store)
  if (rows.length > 1)
    throw badValue(
      'identity',
      'must say which of the administrators is meant',
      `Name one: ${rows
        .map(({ name }) => name)
        .toSorted()
        .join(', ')}.`,
    )
  return rows[0] ?? null
}
