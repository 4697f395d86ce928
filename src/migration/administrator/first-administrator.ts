/** The first administrator, made by whoever has the first password (architecture.md §6.2). */
import { randomUUID } from 'node:crypto'
import { Fault, bug } from '#base/fault.ts'
import type { Session } from '#contract/administrator.ts'
import type { Call } from '#contract/calls.ts'
import { HIDDEN } from '#contract/hide-secrets.ts'
import type { createFirstAdministrator as firstRoute } from '#contract/routes/sessions.ts'
import { insertFirstAdministrator, isFirstPassword } from '#store/service/first-password.ts'
import { auditChanges } from '#store/service/audit-text.ts'
import { recordServiceAct } from '#store/service/service-acts.ts'
import { beginSession } from './begin-session.ts'
import type { AdministratorDeps } from './deps.ts'
import { firstPasswordHash } from './first-password.ts'
import { checkPassword } from './password-rules.ts'

export async function createFirstAdministrator(
  deps: AdministratorDeps,
  call: Call<typeof firstRoute>,
): Promise<Session> {
  const { store, clock, hasher, throttle, firstPassword, onSignIn } = deps
  const { userName, password, displayName = userName, mailAddress = null, language = null } = call.body
  const { address } = call.principal
  const refused = () => {
    onSignIn({ outcome: 'Refused', means: 'FirstPassword', administrator: null, address })
    return firstPasswordRefused()
  }
  const attempt = throttle.firstPassword(address)
  const first = firstPasswordHash(call.body.firstPassword)
  if (!(await isFirstPassword(store, first, clock.now()))) throw refused()
  attempt.succeeded()
  checkPassword('password', password, userName)
  const id = randomUUID()
  const made = {
    id,
    name: userName,
    display_name: displayName,
    mail_address: mailAddress,
    language,
    roles: ['OrganizationManagement' as const],
    enabled: true,
    password_hash: await hasher.hash(password),
    password_ends_at: null,
    must_change_password: false,
    oidc_subject: null,
  }
  // Strangers are recorded only once they have shown that they are none.
  const act = {
    cmdlet: 'New-Administrator',
    object: userName,
    objectGuid: id,
    caller: userName,
    via: 'Session',
    clientAddress: address,
    parameters: { userName, displayName, mailAddress, password: HIDDEN, firstPassword: HIDDEN },
    modified: auditChanges(null, { roles: made.roles, displayName, mailAddress, password: 'changed' }),
  } as const
  const row = await recordServiceAct(store, act, async () => {
    const inserted = await insertFirstAdministrator(store, first, clock.now(), made)
    if (inserted === null) throw refused()
    return inserted
  })
  firstPassword.forget()
  const session = await beginSession(deps, call, row, { means: 'FirstPassword' }, row.password_hash)
  if (session === null) throw bug('FIRST_SESSION', 'the administrator who was just made cannot sign in')
  return session
}

const firstPasswordRefused = (): Fault =>
  new Fault({
    code: 'SIGN_IN_REFUSED',
    scope: 'request',
    transient: false,
    message: 'The first password is wrong, was used, or has ended.',
    remedy:
      'Take the one that the last start of the service showed or named; "waybill admin reset" on its machine makes a new one.',
  })
