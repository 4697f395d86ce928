/** How the target is logged in to: the row's own credentials, else the template with an administrator (issue §6). */
import { Fault } from '#base/fault.ts'

export interface LoginTemplate {
  /** `{user}` the row's TargetUserName, else its EmailAddress; `{local}` and `{domain}` its halves; `{admin}`. */
  readonly template: string
  readonly admin: string | null
  readonly password: string
}

export interface TargetCredentials {
  readonly username: string
  readonly password: string
}

interface Row {
  readonly rowNumber: number
  readonly emailAddress: string
  readonly targetUserName: string | null
  readonly targetPassword: string | null
}

/** Throws a request Fault that asks the open question when neither the row nor a template answers it. */
export function targetCredentials(row: Row, template: LoginTemplate | null): TargetCredentials {
  if (row.targetPassword !== null) {
    return { username: row.targetUserName ?? row.emailAddress, password: row.targetPassword }
  }
  if (template === null) {
    throw new Fault({
      code: 'TARGET_LOGIN_OPEN',
      scope: 'request',
      transient: false,
      message: `Row ${row.rowNumber} (${row.emailAddress}): how should the target be logged in to? The row has no TargetPassword, and there is no --target-login.`,
      remedy:
        "Add the columns TargetUserName and TargetPassword to the CSV file, or give an administrator: --target-login '{user}*{admin}' --target-admin NAME --target-password-file FILE.",
      facts: { row: row.rowNumber },
    })
  }
  const user = row.targetUserName ?? row.emailAddress
  const at = user.lastIndexOf('@')
  const fill: Record<string, string> = {
    user,
    local: at < 0 ? user : user.slice(0, at),
    domain: at < 0 ? '' : user.slice(at + 1),
    admin: template.admin ?? '',
  }
  return {
    username: template.template.replace(/\{(\w+)\}/g, (_, name: string) => fill[name] ?? ''),
    password: template.password,
  }
}

const KNOWN = new Set(['user', 'local', 'domain', 'admin'])

const FLAGS = { template: '--target-login', admin: '--target-admin' }

/**
 * Refuses a template that could not be filled in.
 * @param named how the caller's user gives the two
 */
export function checkTemplate(template: string, admin: string | null, named = FLAGS): void {
  const refuse = (message: string, remedy: string) => {
    throw new Fault({ code: 'TARGET_LOGIN_TEMPLATE', scope: 'request', transient: false, message, remedy })
  }
  const names = [...template.matchAll(/\{([^}]*)\}/g)].map((match) => match[1]!)
  for (const name of names) {
    if (!KNOWN.has(name))
      refuse(`${named.template} ${template}: there is no {${name}}.`, 'Use {user}, {local}, {domain} and {admin}.')
  }
  if (!names.some((name) => name === 'user' || name === 'local')) {
    refuse(`${named.template} ${template}: every row would log in as the same user.`, 'Put {user} or {local} into it.')
  }
  if (names.includes('admin') && admin === null) {
    refuse(`${named.template} ${template} has {admin}, but there is no ${named.admin}.`, `Add ${named.admin} NAME.`)
  }
}
