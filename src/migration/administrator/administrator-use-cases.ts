/** Get-, New-, Set- and Remove-Administrator, and `waybill admin reset`. */
import { randomUUID } from 'node:crypto'
import type { Call, UseCases } from '#contract/calls.ts'
import type { createAdministrator as createRoute } from '#contract/routes/administrators.ts'
import {
  type AdministratorRow,
  deleteAdministrator,
  findAdministrator,
  insertAdministrator,
  listAdministratorRows,
} from '#store/service/administrators.ts'
import { issuerOf } from './issuer-of.ts'
import { pageByName } from '../page.ts'
import type { AdministratorDeps } from './deps.ts'
import { checkPassword } from './password-rules.ts'
import { resetAdministrator } from './reset-administrator.ts'
import { showAdministrator } from './show-administrator.ts'
import { updateAdministrator } from './update-administrator.ts'

export type AdministratorRoutes =
  | 'listAdministrators'
  | 'getAdministrator'
  | 'createAdministrator'
  | 'updateAdministrator'
  | 'removeAdministrator'
  | 'resetAdministrator'

const SORTS = {
  identity: (row: AdministratorRow) => row.name_key,
  displayName: (row: AdministratorRow) => row.display_name.toLowerCase(),
  lastSignInTime: (row: AdministratorRow) => row.last_sign_in_at?.toISOString() ?? '',
}

export function administratorUseCases(deps: AdministratorDeps): Pick<UseCases, AdministratorRoutes> {
  const { store } = deps
  return {
    async listAdministrators({ query: { search = '', ...query } }) {
      const wanted = search.normalize('NFC').toLowerCase()
      const isFound = ({ name_key: key, display_name: name }: AdministratorRow) =>
        key.includes(wanted) || name.toLowerCase().includes(wanted)
      return pageByName((await listAdministratorRows(store)).filter(isFound), query, showAdministrator, SORTS)
    },
    getAdministrator: async ({ params }) => showAdministrator(await findAdministrator(store, params.identity)),
    createAdministrator: (call) => createAdministrator(deps, call),
    updateAdministrator: (call) => updateAdministrator(deps, call),
    async removeAdministrator({ params, principal, precondition }) {
      const check = (row: AdministratorRow) => precondition?.check(showAdministrator(row))
      await deleteAdministrator(store, params.identity, check, { mayLockOut: principal.via === 'Socket' })
      return undefined
    },
    resetAdministrator: ({ body }) => resetAdministrator(deps, body.identity),
  }
}

async function createAdministrator({ store, hasher }: AdministratorDeps, { body, newId }: Call<typeof createRoute>) {
  const { userName: name, password, displayName = name, mailAddress = null, language = null, enabled = true } = body
  if (password !== undefined) checkPassword('password', password, name)
  const row = await insertAdministrator(store, {
    id: newId ?? randomUUID(),
    name,
    display_name: displayName,
    mail_address: mailAddress,
    language,
    roles: [...new Set(body.roles)],
    enabled,
    password_hash: password === undefined ? null : await hasher.hash(password),
    password_ends_at: null,
    must_change_password: password !== undefined && (body.mustChangePassword ?? true),
    oidc_subject: body.oidcSubject ?? null,
    oidc_issuer: body.oidcSubject === undefined ? null : await issuerOf(store, body.oidcSubject),
  })
  return showAdministrator(row)
}
