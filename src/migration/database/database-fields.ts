/** What a database of either kind is made of, whether it is new or changed. */
import { Fault } from '#base/fault.ts'
import { badValue } from '#base/request-faults.ts'
import { sentence } from '#base/sentence.ts'
import type { NewDatabase, SetDatabase } from '#contract/database.ts'
import { defaultPort } from '#contract/endpoint.ts'
import type { DatabaseRow } from '#store/service/databases.ts'
import { checkClearText } from '../endpoint/endpoint-rules.ts'
import { goesElsewhere } from '../endpoint/goes-elsewhere.ts'
import { checkTemplate } from '../migrate/target-login.ts'
import { type AllowedRoots, checkedMaildirPath } from './maildir-path.ts'

export type Fields = Omit<SetDatabase, 'isDefault' | 'skipVerification'>

/** As stored, without the password, which is sealed when the rest is settled. */
export type Settled = Pick<
  DatabaseRow,
  'path' | 'server' | 'port' | 'security' | 'accept_untrusted' | 'allow_clear_text' | 'login_template' | 'admin_user'
>

/** What there was before, and whether a password is kept with it. */
export type Stored = Settled & Pick<DatabaseRow, 'admin_password'>

const OF_IMAP = [
  'server',
  'port',
  'security',
  'acceptUntrustedCertificates',
  'allowClearText',
  'loginTemplate',
  'adminUserName',
  'adminPassword',
] as const

/** @throws Fault VALUE_INVALID, TARGET_ROOT_REFUSED */
export function settle(
  kind: NewDatabase['kind'],
  fields: Fields,
  stored: Stored | null,
  allowed: AllowedRoots,
): Settled {
  const others = kind === 'Imap' ? (['path'] as const) : OF_IMAP
  const other = others.find((field) => fields[field] !== undefined && fields[field] !== null)
  if (other !== undefined) throw badValue(other, `does not belong to a database of kind ${kind}`)
  return kind === 'Imap' ? settleImap(fields, stored) : settleMaildir(fields, stored, allowed)
}

function settleMaildir({ path }: Fields, stored: Stored | null, allowed: AllowedRoots): Settled {
  if (path === undefined && stored === null) {
    throw badValue(
      'path',
      'is needed for a database of kind Maildir',
      'Give a folder such as /srv/mail/{domain}/{local}.',
    )
  }
  return {
    path: path === undefined ? stored!.path : allowedPath(path, allowed),
    server: null,
    port: null,
    security: null,
    accept_untrusted: false,
    allow_clear_text: false,
    login_template: null,
    admin_user: null,
  }
}

/** What is wrong with the path itself, and no other host would take: told of the field. */
function allowedPath(path: string, allowed: AllowedRoots): string {
  try {
    return checkedMaildirPath(path, allowed)
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    const { code, scope, transient, message, remedy, facts } = thrown
    const said = { message: sentence(message), facts: { ...facts, field: 'path', why: message }, cause: thrown }
    throw new Fault({ code, scope, transient, ...said, ...(remedy !== null && { remedy }) })
  }
}

function settleImap(fields: Fields, stored: Stored | null): Settled {
  const server = fields.server ?? stored?.server
  if (server == null) throw badValue('server', 'is needed for a database of kind Imap')
  const security = fields.security ?? stored?.security ?? 'Ssl'
  const settled: Settled = {
    path: null,
    server,
    port: fields.port ?? stored?.port ?? defaultPort(security),
    security,
    accept_untrusted: fields.acceptUntrustedCertificates ?? stored?.accept_untrusted ?? false,
    allow_clear_text: fields.allowClearText ?? stored?.allow_clear_text ?? false,
    login_template: fields.loginTemplate === undefined ? (stored?.login_template ?? null) : fields.loginTemplate,
    admin_user: fields.adminUserName === undefined ? (stored?.admin_user ?? null) : fields.adminUserName,
  }
  checkClearText(server, { security, allowClearText: settled.allow_clear_text })
  if (fields.adminPassword === undefined && stored !== null && stored.admin_password !== null) {
    if (goesElsewhere(stored, settled)) throw notSentElsewhere(stored)
  }
  const hasPassword =
    fields.adminPassword === undefined ? (stored?.admin_password ?? null) !== null : fields.adminPassword !== null
  if (settled.login_template !== null) checkLogin(settled.login_template, settled.admin_user, hasPassword)
  return settled
}

const notSentElsewhere = ({ server, port }: Stored): Fault =>
  badValue(
    'adminPassword',
    `was stored for ${server}, port ${port}, and is not sent to another server or port, nor less protected than before`,
    'Give it together with the change.',
  )

function checkLogin(template: string, admin: string | null, hasPassword: boolean): void {
  try {
    checkTemplate(template, admin, { template: 'loginTemplate', admin: 'adminUserName' })
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    const why = thrown.message.replace(/^loginTemplate /, '').replace(/\.$/, '')
    throw badValue('loginTemplate', why, thrown.remedy ?? undefined)
  }
  if (!hasPassword) {
    throw badValue(
      'loginTemplate',
      'needs adminPassword, for that is what it logs in with',
      'Give adminPassword, or leave loginTemplate out and let each CSV row bring its own TargetPassword.',
    )
  }
}
