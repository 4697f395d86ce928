import { join } from 'node:path'
import type { Certificate } from './certificate.ts'

export type MailFormat = 'maildir' | 'sdbox' | 'mdbox'

export interface DovecotUser {
  readonly password: string
  /** Default maildir. */
  readonly format?: MailFormat
  /** Where this user's home is; default `<folder>/mail/<user>`. Created, and given to the server's mail uid. */
  readonly home?: string
  /** The storage quota in kB; default none. */
  readonly quotaKb?: number
}

export interface DovecotOptions {
  /** Log-in name to password, or to more; default one user `user` with password `pass`. Names are case-insensitive. */
  readonly users?: Readonly<Record<string, string | DovecotUser>>
  /** Administrators who log in as `<user>*<admin>` with their own password (SASL PLAIN with authorisation id works too). */
  readonly masters?: Readonly<Record<string, string>>
  /** Capabilities that are not told, e.g. `['UIDPLUS', 'MULTIAPPEND']`. Dovecot still answers APPENDUID to who sees it. */
  readonly hide?: readonly string[]
  /**
   * `ssl = required`. Dovecot takes loopback for secure all the same and accepts passwords in clear text there: the
   * refusal itself can only be tested with `requireTls` of the small server.
   */
  readonly requireTls?: boolean
  /**
   * A process for each connection, as Dovecot does it unless told otherwise: needed where processes are stopped, for a
   * stopped one would be given the next connection. Else they are used again, which spares most of a log-in's cost.
   */
  readonly processEach?: boolean
  /** Further lines for dovecot.conf. */
  readonly extra?: string
}

/** What Dovecot 2.3 tells after log-in, in its order. */
const capabilities =
  'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS ' +
  'THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED ' +
  'I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE ' +
  'SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE'

export interface Place {
  readonly folder: string
  readonly port: number
  readonly tlsPort: number
  /** Owner of the mail, never 0. */
  readonly uid: number
  readonly gid: number
  /** Who runs Dovecot's own processes, as names. */
  readonly internalUser: string
  readonly internalGroup: string
  readonly loginUser: string
}

export function dovecotConf(place: Place, options: DovecotOptions): string {
  const hidden = new Set((options.hide ?? []).map((name) => name.toUpperCase()))
  const told = capabilities.split(' ').filter((name) => !hidden.has(name))
  const at = (name: string) => join(place.folder, name)
  const special = hidden.has('SPECIAL-USE')
    ? ''
    : ['Sent', 'Drafts', 'Trash', 'Junk']
        .map((name) => `  mailbox ${name} {\n    special_use = \\${name}\n  }`)
        .join('\n')
  return `
base_dir = ${at('run')}
state_dir = ${at('run')}
log_path = ${at('server.log')}
listen = 127.0.0.1
protocols = imap
ssl = ${options.requireTls === true ? 'required' : 'yes'}
ssl_cert = <${at('cert.pem')}
ssl_key = <${at('key.pem')}
disable_plaintext_auth = no
default_internal_user = ${place.internalUser}
default_internal_group = ${place.internalGroup}
default_login_user = ${place.loginUser}
first_valid_uid = 1
first_valid_gid = 1
mail_uid = ${place.uid}
mail_gid = ${place.gid}
mail_location = maildir:~/Maildir
mail_max_userip_connections = 10000
auth_mechanisms = plain login
auth_master_user_separator = *
auth_username_chars =
auth_failure_delay = 0
mail_plugins = quota
imap_capability = ${hidden.size === 0 ? '' : told.join(' ')}
service anvil {
  chroot =
  # Nobody has to wait because somebody on this address mistyped a password.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  chroot =
  service_count = 0
  client_limit = 2000
  inet_listener imap {
    port = ${place.port}
  }
  inet_listener imaps {
    port = ${place.tlsPort}
    ssl = yes
  }
}
service imap {
  process_limit = 2000
  service_count = ${options.processEach === true ? 1 : 100}
}
service stats {
  chroot =
}
# As many as may ask: Dovecot warns of fewer where processes are used again.
service auth {
  client_limit = 3000
}
namespace inbox {
  inbox = yes
${special}
}
passdb {
  driver = passwd-file
  args = username_format=%Lu ${at('masters')}
  master = yes
  result_success = continue
}
passdb {
  driver = passwd-file
  args = username_format=%Lu ${at('users')}
}
userdb {
  driver = passwd-file
  args = username_format=%Lu ${at('users')}
}
plugin {
  quota = count:User quota
  quota_vsizes = yes
}
${options.extra ?? ''}
`
}

/** Lines of a passwd-file; passwords are encoded, so that they may hold a colon. */
export function passwdFile(users: ReadonlyMap<string, { readonly password: string; readonly fields: string }>): string {
  return [...users]
    .map(([name, { password, fields }]) => {
      const secret = `{PLAIN.b64}${Buffer.from(password).toString('base64')}`
      return `${name.toLowerCase()}:${secret}:${fields}\n`
    })
    .join('')
}

/** The files that the configuration names, by name. */
export function dovecotFiles(
  place: Place,
  options: DovecotOptions,
  homes: ReadonlyMap<string, { readonly user: DovecotUser; readonly home: string }>,
  certificate: Certificate,
): Record<string, string> {
  const users = new Map(
    [...homes].map(([name, { user, home }]) => {
      const quota = user.quotaKb === undefined ? '' : ` userdb_quota_rule=*:storage=${user.quotaKb}`
      const mail = `userdb_mail=${user.format ?? 'maildir'}:~/${user.format === undefined || user.format === 'maildir' ? 'Maildir' : user.format}`
      return [name, { password: user.password, fields: `${place.uid}:${place.gid}::${home}::${mail}${quota}` }]
    }),
  )
  const masters = new Map(
    Object.entries(options.masters ?? {}).map(([name, password]) => [name, { password, fields: '::::::' }]),
  )
  return {
    'dovecot.conf': dovecotConf(place, options),
    'cert.pem': certificate.cert,
    'key.pem': certificate.key,
    users: passwdFile(users),
    masters: passwdFile(masters),
  }
}
