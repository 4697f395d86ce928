import { badValue, stateForbids } from '#base/request-faults.ts'
import type { Administrator } from '#contract/administrator.ts'
import type { Call } from '#contract/calls.ts'
import type { updateAdministrator as updateRoute } from '#contract/routes/administrators.ts'
import { changeAdministrator, findAdministrator } from '#store/service/administrators.ts'
import type { AdministratorDeps } from './deps.ts'
import { checkPassword } from './password-rules.ts'
import { sessionHash } from './sessions.ts'
import { showAdministrator } from './show-administrator.ts'

export async function updateAdministrator(
  { store, hasher }: AdministratorDeps,
  { params, body, principal, session, precondition }: Call<typeof updateRoute>,
): Promise<Administrator> {
  const { id, name } = await findAdministrator(store, params.identity)
  const { password } = body
  // An open session, or a token that was found, must not be enough to keep the account.
  if (password !== undefined && id === principal.administratorId)
    throw stateForbids(
      'Set-Administrator',
      `the administrator "${name}"`,
      'one changes the own password with the old one (POST /session/password)',
    )
  if (password !== undefined) checkPassword('password', password, name)
  const hash = password === undefined ? undefined : await hasher.hash(password)
  const row = await changeAdministrator(
    store,
    id,
    (before) => {
      precondition?.check(showAdministrator(before))
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
        oidc_subject: body.oidcSubject,
      })
    },
    { mayLockOut: principal.via === 'Socket', except: session.id === null ? null : sessionHash(session.id) },
  )
  return showAdministrator(row)
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }
const definedOf = <T extends object>(given: T): Defined<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Defined<T>
