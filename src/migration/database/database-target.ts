/** From a stored database and a user's row to the mailbox that is written. */
import { Fault, bug } from '#base/fault.ts'
import type { MailTarget, MailboxIdentity } from '#engine/ports.ts'
import { openImapTarget } from '#mailbox/imap/target.ts'
import { openMaildirTarget } from '#mailbox/maildir/target.ts'
import type { Secrets } from '#store/secrets.ts'
import type { DatabaseRow } from '#store/service/databases.ts'
import type { OpenDeps } from '../endpoint/endpoint-source.ts'
import { imapSecurity } from '../endpoint/imap-security.ts'
import { readLoginTemplate, separatorIn } from '#csv/login-template.ts'
import { type LoginTemplate, type TargetCredentials, targetCredentials } from '../migrate/target-login.ts'
import { checkMark } from './folder-mark.ts'
import { type AllowedRoots, rootsFor } from './maildir-path.ts'

export interface TargetUser {
  readonly rowNumber: number
  readonly emailAddress: string
  readonly targetUserName: string | null
  readonly targetPassword: string | null
}

export interface DatabaseTarget {
  readonly identity: MailboxIdentity['target']
  /** Throws a Fault when the log-in fails or the folder may not be written. */
  open(): Promise<MailTarget>
}

export interface TargetDeps extends OpenDeps {
  readonly secrets: Pick<Secrets, 'open'>
  /** Below what Maildir databases may lie. */
  readonly allowedRoots: AllowedRoots
}

/** @throws Fault TARGET_LOGIN_OPEN when neither row nor database says how to log in; SECRET_DAMAGED, SECRETS_KEY_WRONG */
export function databaseTarget(database: DatabaseRow, user: TargetUser, deps: TargetDeps): DatabaseTarget {
  return database.kind === 'Imap' ? imapTarget(database, user, deps) : maildirTarget(database, user, deps)
}

function maildirTarget({ id, path, name }: DatabaseRow, user: TargetUser, deps: TargetDeps): DatabaseTarget {
  if (path === null) throw bug('DATABASE-PATH', `the Maildir database ${name} has no path`)
  return {
    identity: { kind: 'Maildir', place: path, login: user.emailAddress },
    async open() {
      const allowedRoots = rootsFor(path, deps.allowedRoots)
      checkMark(path, id, name)
      return openMaildirTarget({ root: path, address: user.emailAddress, allowedRoots, log: deps.log })
    },
  }
}

function imapTarget(database: DatabaseRow, user: TargetUser, deps: TargetDeps): DatabaseTarget {
  const { server: host, port, security } = database
  if (host === null || port === null || security === null) {
    throw bug('DATABASE-SERVER', `the Imap database ${database.name} has no server`)
  }
  const { log, outgoing, deadlines = {} } = deps
  const { username, password } = databaseLogin(database, user, deps.secrets)
  return {
    identity: { kind: 'Imap', place: `${host}:${port}`, login: username },
    open: () =>
      openImapTarget({
        host,
        port,
        security: imapSecurity(security),
        acceptUntrusted: database.accept_untrusted,
        allowClearText: database.allow_clear_text,
        username,
        password,
        outgoing,
        deadlines,
        log,
      }),
  }
}

/** The row's own credentials, else the database's template with its administrator. */
export function databaseLogin(
  database: DatabaseRow,
  user: TargetUser,
  secrets: Pick<Secrets, 'open'>,
): TargetCredentials {
  const template = user.targetPassword === null ? templateOf(database, secrets) : null
  if (user.targetPassword === null && template === null) throw loginOpen(database, user)
  if (template !== null) refuseSeparator(database, user, template.template)
  return targetCredentials(user, template)
}

/** The template may have changed since the row was checked: `victim*admin` would log in as somebody else. */
function refuseSeparator({ name }: DatabaseRow, user: TargetUser, template: string): void {
  const value = user.targetUserName ?? user.emailAddress
  const found = separatorIn(value, readLoginTemplate(template))
  if (found === null) return
  throw new Fault({
    code: 'TARGET_LOGIN_TEMPLATE',
    scope: 'login',
    transient: false,
    message: `Row ${user.rowNumber}: ${JSON.stringify(value)} holds ${found}, which the log-in template of the mailbox database "${name}" takes for the end of a name.`,
    remedy: 'Correct the row, or give it a TargetPassword of its own.',
    facts: { row: user.rowNumber, database: name },
  })
}

function templateOf(database: DatabaseRow, secrets: Pick<Secrets, 'open'>): LoginTemplate | null {
  const { id, login_template: template, admin_user: admin, admin_password: sealed } = database
  if (template !== null && admin !== null && sealed === null) throw passwordMissing(database)
  if (template === null || sealed === null) return null
  return { template, admin, password: secrets.open(sealed, adminPasswordPlace(id)) }
}

/** After a restore without secrets. */
function passwordMissing({ name }: DatabaseRow): Fault {
  return new Fault({
    code: 'PASSWORD_MISSING',
    scope: 'login',
    transient: false,
    message: `No password is stored for the administrator of the mailbox database "${name}": it was not in the backup that was restored.`,
    remedy: 'Give it to the mailbox database again, then start the users.',
    facts: { database: name },
  })
}

export const adminPasswordPlace = (id: string) => ({ table: 'mailbox_database', id, column: 'admin_password' })

export function loginOpen({ name }: DatabaseRow, { rowNumber, emailAddress }: TargetUser): Fault {
  return new Fault({
    code: 'TARGET_LOGIN_OPEN',
    scope: 'login',
    transient: false,
    message: `Row ${rowNumber} (${emailAddress}): how should the mailbox database "${name}" be logged in to? The row has no TargetPassword, and the database has no log-in template.`,
    remedy:
      "Give the database a log-in template with an administrator, such as '{user}*{admin}', or add the columns TargetUserName and TargetPassword to the CSV file.",
    facts: { row: rowNumber, database: name },
  })
}
