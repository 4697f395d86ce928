import { badValue, stateForbids } from '#base/request-faults.ts'
import type { Administrator, SetAdministrator } from '#contract/administrator.ts'
import type { Call } from '#contract/calls.ts'
import type { updateAdministrator as updateRoute } from '#contract/routes/administrators.ts'
import { type AdministratorRow, changeAdministrator, findAdministrator } from '#store/service/administrators.ts'
import type { AdministratorDeps } from './deps.ts'
import { issuerOf } from './issuer-of.ts'
import { checkPassword } from './password-rules.ts'
import { sessionHash } from './sessions.ts'
import { showAdministrator } from './show-administrator.ts'

export async function updateAdministrator(
  { store, hasher }: AdministratorDeps,
  { params, body, principal, session, precondition }: Call<typeof updateRoute>,
): Promise<Administrator> {
  const { id, name } = await findAdministrator(store, params.identity)
  const { password, oidcSubject } = body
  const isOwn = id === principal.administratorId
  // An open session, or a token that was found, must not be enough to keep the account.
  if (password !== undefined && isOwn)
    throw stateForbids(
      'Set-Administrator',
      `the administrator "${name}"`,
      'one changes the own password with the old one (POST /session/password)',
    )
  const oidcIssuer = oidcSubject === undefined ? undefined : await issuerOf(store, oidcSubject)
  if (password !== undefined) checkPassword('password', password, name)
  const hash = password === undefined ? undefined : await hasher.hash(password)
  const row = await changeAdministrator(
    store,
    id,
    (before) => {
      precondition?.check(showAdministrator(before))
      if (before.source === 'OpenIdConnect') checkForeign(before, body)
      if (isOwn && oidcSubject !== undefined && oidcSubject !== before.oidc_subject)
        throw stateForbids(
          'Set-Administrator',
          `the administrator "${name}"`,
          'who signs in as oneself is set by another administrator, or on the machine of the service',
        )
      const mustChange = body.mustChangePassword ?? (hash === undefined ? undefined : true)
      if (mustChange === true && hash === undefined && before.password_hash === null)
        throw badValue('mustChangePassword', 'means nothing without a password')
      return definedOf({
        display_name: body.displayName,
        mail_address: body.mailAddress,
        language: body.language,
        roles: body.roles && [...new Set(body.roles)],
        enabled: body.enabled,
        password_hash: hash,
        password_ends_at: hash === undefined ? undefined : null,
        must_change_password: mustChange,
        oidc_subject: oidcSubject,
        oidc_issuer: oidcIssuer,
      })
    },
    { mayLockOut: principal.via === 'Socket', except: session.id === null ? null : sessionHash(session.id) },
  )
  return showAdministrator(row)
}

/** Whom the provider vouches for: roles given by hand would be gone at the next sign-in, and a password would outlive it. */
function checkForeign(
  row: AdministratorRow,
  { roles, password, mustChangePassword, oidcSubject }: SetAdministrator,
): void {
  const sameRoles = roles === undefined || [...roles].toSorted().join() === [...row.roles].toSorted().join()
  const sameSubject = oidcSubject === undefined || oidcSubject === row.oidc_subject
  if (sameRoles && sameSubject && password === undefined && !mustChangePassword) return
  throw stateForbids(
    'Set-Administrator',
    `the administrator "${row.name}"`,
    'who they are and what they may is told by the provider of OpenID Connect; change it there, or in the settings of OpenID Connect, which give the roles',
  )
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }
const definedOf = <T extends object>(given: T): Defined<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Defined<T>
