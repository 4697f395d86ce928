import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { quoted } from '#test/worlds/modified-utf7.ts'
import { PlainImap } from '#test/worlds/plain-imap.ts'
import { greetsImap } from './greeting.ts'
import { Instance, onFreePorts } from './instance.ts'
import type { Outcome } from './instance.ts'
import { libraryPath, ordinaryUser, unpackedServer } from './packages.ts'

export interface CyrusServer extends AsyncDisposable {
  readonly host: '127.0.0.1'
  /** Clear text only. */
  readonly port: number
  readonly folder: string
  readonly users: Readonly<Record<string, string>>
  pids(): number[]
  log(): string
  kill(): Promise<void>
  stop(): Promise<void>
  restart(): Promise<void>
}

/** Why tests with Cyrus cannot run here, or false. */
export function cyrusMissing(): string | false {
  return unpackedServer('cyrus') === null ? 'no Cyrus on this machine' : false
}

/**
 * A Cyrus IMAP of our own, of the unpacked packages, with an inbox for each user: `/` as separator, MULTIAPPEND, LITERAL+,
 * UIDPLUS, CONDSTORE, OBJECTID; it refuses NUL bytes, bare LF and bad headers, which Dovecot takes.
 */
export async function startCyrus(
  options: {
    readonly users?: Readonly<Record<string, string>>
    readonly t?: Outcome
    /** Namespace `INBOX.` with `.` between levels, as Cyrus had it before version 3. */
    readonly classic?: boolean
  } = {},
): Promise<CyrusServer> {
  const tree = unpackedServer('cyrus')
  if (tree === null) throw new Error('no Cyrus on this machine')
  const instance = new Instance('cyrus', options.t ?? null)
  const users = options.users ?? { user: 'pass' }
  const { uid, gid, name } = ordinaryUser()
  const at = (file: string) => join(instance.folder, file)
  const passwords = await passwordServer(at('saslauthd'), users)
  const dispose = async () => {
    await new Promise((resolve) => passwords.close(resolve))
    await instance[Symbol.asyncDispose]()
  }
  try {
    for (const folder of ['conf', 'spool', 'run']) {
      mkdirSync(at(folder))
      chownSync(at(folder), uid, gid)
    }
    writeFileSync(at('imapd.conf'), imapdConf(at, name ?? userInfo().username, options.classic === true ? 'no' : 'yes'))
    const bin = join(tree, 'usr/lib/cyrus/bin')
    const env = { LD_LIBRARY_PATH: libraryPath(tree) }
    const boot = (port: number) => {
      rmSync(at('run/master.pid'), { force: true })
      const imapd = `cmd="${bin}/imapd -C ${at('imapd.conf')}" listen="127.0.0.1:${port}" prefork=0 maxchild=500`
      const recover = `cmd="${bin}/ctl_cyrusdb -C ${at('imapd.conf')} -r"`
      writeFileSync(at('cyrus.conf'), `START {\n  recover ${recover}\n}\nSERVICES {\n  imap ${imapd}\n}\nEVENTS {\n}\n`)
      const args = ['-C', at('imapd.conf'), '-M', at('cyrus.conf'), '-p', at('run/master.pid'), '-D']
      return instance.start({ program: join(bin, 'master'), args, env, uid, gid }, () => greetsImap(port))
    }
    const port = await onFreePorts(1, async ([candidate = 0]) => ((await boot(candidate)) ? candidate : null))
    if (port === null) throw new Error(`Cyrus does not start. Its log:\n${instance.log()}`)
    for (const [user, password] of Object.entries(users)) {
      await using client = await PlainImap.login({ host: '127.0.0.1', port, user, password })
      await client.must(`CREATE ${quoted('INBOX')}`)
    }
    return {
      host: '127.0.0.1',
      port,
      folder: instance.folder,
      users,
      pids: () => instance.pids(),
      log: () => instance.log(),
      kill: () => instance.kill(),
      stop: () => instance.stop(),
      async restart() {
        await instance.stop()
        if (!(await boot(port))) throw new Error(`Cyrus does not start again. Its log:\n${instance.log()}`)
      },
      [Symbol.asyncDispose]: dispose,
    }
  } catch (error) {
    await dispose()
    throw error
  }
}

function imapdConf(at: (file: string) => string, user: string, modern: 'yes' | 'no'): string {
  return `configdirectory: ${at('conf')}
partition-default: ${at('spool')}
defaultpartition: default
cyrus_user: ${user}
admins: cyrus
autocreate_quota: -1
allowplaintext: yes
sasl_pwcheck_method: saslauthd
sasl_saslauthd_path: ${at('saslauthd')}
sasl_mech_list: PLAIN LOGIN
failedloginpause: 0s
unixhierarchysep: ${modern}
altnamespace: ${modern}
virtdomains: userid
defaultdomain: example.invalid
idlesocket: ${at('run/idle')}
notifysocket: ${at('run/notify')}
proc_path: ${at('run/proc')}
mboxname_lockpath: ${at('run/lock')}
duplicatesuppression: no
conversations: no
`
}

/** The protocol of saslauthd: four strings, each after its length in two bytes (user, password, service, realm); OK or NO back. */
function passwordServer(path: string, users: Readonly<Record<string, string>>): Promise<Server> {
  const server = createServer((socket) => {
    let heard: Buffer = Buffer.alloc(0)
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk])
      const fields: string[] = []
      for (let at = 0; fields.length < 4;) {
        if (heard.length < at + 2 || heard.length < at + 2 + heard.readUInt16BE(at)) return
        const end = at + 2 + heard.readUInt16BE(at)
        fields.push(heard.toString('utf8', at + 2, end))
        at = end
      }
      const [local = '', password = '', , realm = ''] = fields
      const good = [local, `${local}@${realm}`].some((name) => users[name] === password)
      socket.end(Buffer.from(`\0\u0002${good ? 'OK' : 'NO'}`))
    })
  })
  server.unref()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      chmodSync(path, 0o777)
      resolve(server)
    })
  })
}
