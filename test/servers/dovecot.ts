import { chownSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { execFileSync } from 'node:child_process'
import { type Certificate, selfSigned } from './certificate.ts'
import { dovecotFiles } from './dovecot-config.ts'
import type { DovecotOptions, DovecotUser, Place } from './dovecot-config.ts'
import { greetsImap } from './greeting.ts'
import { Instance, onFreePorts } from './instance.ts'
import type { Outcome } from './instance.ts'

export interface DovecotAccount {
  readonly name: string
  readonly password: string
  readonly home: string
  /** The root of the user's mail: the Maildir++ root for `maildir`, else the dbox root. */
  readonly mail: string
}

export interface DovecotServer extends AsyncDisposable {
  readonly host: '127.0.0.1'
  /** Clear text and STARTTLS. */
  readonly port: number
  /** TLS from the first byte. */
  readonly tlsPort: number
  /** The server's own certificate (PEM), for localhost and 127.0.0.1: pass it as `ca` to trust it. */
  readonly certificate: string
  readonly folder: string
  readonly accounts: ReadonlyMap<string, DovecotAccount>
  /** The numeric owner of the mail files. */
  readonly uid: number
  readonly gid: number
  /** All live processes of this instance. */
  pids(): number[]
  log(): string
  /** kill -9 of all of them; returns when none is left. */
  kill(): Promise<void>
  /** A clean stop; the mail stays. */
  stop(): Promise<void>
  /** Starts again after `kill` or `stop` (or stops first), on the same ports and folder. */
  restart(): Promise<void>
}

/** Why tests with Dovecot cannot run here, or false: made for `{ skip: dovecotMissing() }`. */
export function dovecotMissing(): string | false {
  return existsSync('/usr/sbin/dovecot') && existsSync('/usr/lib/dovecot/imap') ? false : 'no Dovecot on this machine'
}

/**
 * Starts a Dovecot of our own on loopback and returns when it greets. As root its processes and mail belong to Dovecot's
 * users and a uid used by nothing else; else to ourselves. `beforeStart` may plant mail, e.g. with `plantMaildir`.
 */
export async function startDovecot(
  options: DovecotOptions & {
    readonly t?: Outcome
    /** For localhost and 127.0.0.1; one for several servers, where a program must trust them all. */
    readonly certificate?: Certificate
    readonly beforeStart?: (accounts: DovecotServer['accounts'], owner: { uid: number; gid: number }) => void
  } = {},
): Promise<DovecotServer> {
  const instance = new Instance('dovecot', options.t ?? null)
  try {
    const owner = mailOwner()
    const homes = new Map<string, { user: DovecotUser; home: string }>()
    for (const [name, value] of Object.entries(options.users ?? { user: 'pass' })) {
      const user = typeof value === 'string' ? { password: value } : value
      homes.set(name, {
        user,
        home: user.home ?? join(instance.folder, 'mail', name.toLowerCase().replace(/[^\w.@+-]/g, '_')),
      })
    }
    for (const { home } of homes.values()) {
      mkdirSync(home, { recursive: true })
      chownSync(home, owner.uid, owner.gid)
    }
    const accounts = new Map(
      [...homes].map(([name, { user, home }]) => {
        const mail = join(home, user.format === undefined || user.format === 'maildir' ? 'Maildir' : user.format)
        return [name, { name, password: user.password, home, mail }]
      }),
    )
    options.beforeStart?.(accounts, owner)
    const certificate = options.certificate ?? selfSigned()
    const boot = (port: number) => {
      rmSync(join(instance.folder, 'run', 'master.pid'), { force: true })
      const conf = join(instance.folder, 'dovecot.conf')
      return instance.start({ program: '/usr/sbin/dovecot', args: ['-F', '-c', conf] }, () => greetsImap(port))
    }
    const place = await onFreePorts(2, async ([port = 0, tlsPort = 0]) => {
      const candidate: Place = { folder: instance.folder, port, tlsPort, ...owner }
      for (const [file, text] of Object.entries(dovecotFiles(candidate, options, homes, certificate))) {
        writeFileSync(join(instance.folder, file), text)
      }
      return (await boot(port)) ? candidate : null
    })
    if (place === null) throw new Error(`Dovecot does not start. Its log:\n${instance.log()}`)
    return {
      host: '127.0.0.1',
      port: place.port,
      tlsPort: place.tlsPort,
      certificate: certificate.cert,
      folder: instance.folder,
      accounts,
      uid: owner.uid,
      gid: owner.gid,
      pids: () => instance.pids(),
      log: () => instance.log(),
      kill: () => instance.kill(),
      stop: () => instance.stop(),
      async restart() {
        await instance.stop()
        for (const { mail } of accounts.values()) breakLocks(mail)
        if (!(await boot(place.port))) throw new Error(`Dovecot does not start again. Its log:\n${instance.log()}`)
      },
      [Symbol.asyncDispose]: () => instance[Symbol.asyncDispose](),
    }
  } catch (error) {
    await instance[Symbol.asyncDispose]()
    throw error
  }
}

/** A Maildir's lock outlives the process that was killed with it; Dovecot itself breaks it after two minutes. */
function breakLocks(mail: string): void {
  if (!existsSync(mail)) return
  for (const name of readdirSync(mail, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.lock')) rmSync(join(mail, name))
  }
}

/** Any uid but 0 that nothing else uses will do: Dovecot needs no passwd entry for it. */
const rootsMailUid = 64_007

function mailOwner(): Omit<Place, 'folder' | 'port' | 'tlsPort'> {
  const me = userInfo()
  if (me.uid === 0) {
    return {
      uid: rootsMailUid,
      gid: rootsMailUid,
      internalUser: 'dovecot',
      internalGroup: 'dovecot',
      loginUser: 'dovenull',
    }
  }
  const group = execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim()
  return { uid: me.uid, gid: me.gid, internalUser: me.username, internalGroup: group, loginUser: me.username }
}
