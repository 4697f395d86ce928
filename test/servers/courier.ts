import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FrontConfig } from './courier-front.ts'
import { greetsImap } from './greeting.ts'
import { Instance, onFreePorts } from './instance.ts'
import type { Outcome } from './instance.ts'
import { libraryPath, ordinaryUser, unpackedServer } from './packages.ts'

export interface CourierServer extends AsyncDisposable {
  readonly host: '127.0.0.1'
  /** Clear text only. */
  readonly port: number
  readonly folder: string
  readonly accounts: ReadonlyMap<string, { readonly name: string; readonly password: string; readonly mail: string }>
  pids(): number[]
  log(): string
  kill(): Promise<void>
  stop(): Promise<void>
  restart(): Promise<void>
}

/** Why tests with Courier cannot run here, or false. */
export function courierMissing(): string | false {
  return unpackedServer('courier') === null ? 'no Courier on this machine' : false
}

/** Courier's imapd with a log-in of ours before it: namespace `INBOX.`, no LITERAL+, no MULTIAPPEND, UIDPLUS, Maildir++. */
export async function startCourier(
  options: { readonly users?: Readonly<Record<string, string>>; readonly t?: Outcome } = {},
): Promise<CourierServer> {
  const tree = unpackedServer('courier')
  if (tree === null) throw new Error('no Courier on this machine')
  const instance = new Instance('courier', options.t ?? null)
  try {
    const owner = ordinaryUser()
    const libraries = libraryPath(tree)
    const accounts = new Map<string, { name: string; password: string; mail: string }>()
    for (const [name, password] of Object.entries(options.users ?? { user: 'pass' })) {
      const home = join(instance.folder, 'mail', name.replace(/[^\w.@+-]/g, '_'))
      mkdirSync(home, { recursive: true })
      chownSync(home, owner.uid, owner.gid)
      const as = { uid: owner.uid, gid: owner.gid, cwd: home, env: { LD_LIBRARY_PATH: libraries } }
      execFileSync(join(tree, 'usr/bin/maildirmake.courier'), ['Maildir'], as)
      accounts.set(name, { name, password, mail: join(home, 'Maildir') })
    }
    const file = join(instance.folder, 'front.json')
    const boot = (port: number) => {
      const config: FrontConfig = {
        port,
        imapd: join(tree, 'usr/bin/imapd'),
        libraries,
        uid: owner.uid,
        gid: owner.gid,
        capability: 'IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE',
        users: Object.fromEntries(
          [...accounts].map(([name, { password, mail }]) => [name, { password, home: join(mail, '..') }]),
        ),
      }
      writeFileSync(file, JSON.stringify(config))
      return instance.start(
        { program: process.execPath, args: [join(import.meta.dirname, 'courier-front.ts'), file] },
        () => greetsImap(port),
      )
    }
    const port = await onFreePorts(1, async ([candidate = 0]) => ((await boot(candidate)) ? candidate : null))
    if (port === null) throw new Error(`Courier does not start. Its log:\n${instance.log()}`)
    return {
      host: '127.0.0.1',
      port,
      folder: instance.folder,
      accounts,
      pids: () => instance.pids(),
      log: () => instance.log(),
      kill: () => instance.kill(),
      stop: () => instance.stop(),
      async restart() {
        await instance.stop()
        if (!(await boot(port))) throw new Error(`Courier does not start again. Its log:\n${instance.log()}`)
      },
      [Symbol.asyncDispose]: () => instance[Symbol.asyncDispose](),
    }
  } catch (error) {
    await instance[Symbol.asyncDispose]()
    throw error
  }
}
