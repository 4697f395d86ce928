import { stateForbids } from '#base/request-faults.ts'
import type { Call } from '#contract/calls.ts'
import type { updateOwnAccount as Route } from '#contract/routes/sessions.ts'
import { changeAdministrator } from '#store/service/administrators.ts'
import type { AdministratorDeps } from './deps.ts'

const ACT = 'PATCH /session'

/** How one is called and written to; never what one may, nor how one signs in. */
export async function updateOwnAccount(
  { store }: Pick<AdministratorDeps, 'store'>,
  { body: { displayName, mailAddress, language }, principal }: Pick<Call<typeof Route>, 'body' | 'principal'>,
): Promise<void> {
  const { name, administratorId, mustChangePassword = false } = principal
  if (mustChangePassword)
    throw stateForbids(ACT, `the administrator "${name}"`, 'the password must be changed before anything else')
  await changeAdministrator(
    store,
    administratorId ?? '',
    (before) => {
      if (before.source === 'OpenIdConnect' && (displayName !== undefined || mailAddress !== undefined))
        throw stateForbids(
          ACT,
          `the administrator "${before.name}"`,
          'the provider of OpenID Connect tells name and mail address at each sign-in; change them there',
        )
      return {
        ...(displayName !== undefined && { display_name: displayName }),
        ...(mailAddress !== undefined && { mail_address: mailAddress }),
        ...(language !== undefined && { language }),
      }
    },
    { mayLockOut: true, except: null },
  )
}
