/** Other programs that move mailboxes, where they are in PATH, set up as performance.md says they are fastest. */
import { accessSync, constants, mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Measured, measure } from './measure.ts'
import type { World } from './world.ts'

export interface Peer {
  readonly name: string
  run(world: World, ports: { readonly source: number; readonly target: number }, target: string): Promise<Measured>
}

/** One that hangs must not keep the others from being measured. */
const LIMIT_MINUTES = 10

const limited = (program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  measure(program, args, { env, limitMs: LIMIT_MINUTES * 60_000 })

/** What keeps a run from being counted, or null. */
export function faultOf(run: Measured): string | null {
  if (run.timedOut) return `did not end within ${LIMIT_MINUTES} minutes and was killed`
  return run.code === 0 ? null : `ended with ${run.code}`
}

function isInPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

const mbsyncStore = (name: string, port: number, user: string) => `IMAPAccount ${name}
Host 127.0.0.1
Port ${port}
User ${user}
Pass bench
SSLType None
AuthMechs LOGIN
DisableExtension COMPRESS=DEFLATE

IMAPStore ${name}
Account ${name}
`

const mbsync: Peer = {
  name: 'mbsync',
  run(world, ports, target) {
    const state = world.folder(`mbsync-${target}`)
    mkdirSync(state, { recursive: true })
    const config = world.file(
      `mbsyncrc-${target}`,
      `${mbsyncStore('source', ports.source, 's0')}
${mbsyncStore('target', ports.target, target)}
Channel all
Far :source:
Near :target:
Patterns *
Create Near
Sync Pull
CopyArrivalDate yes
Expunge None
SyncState ${state}/
`,
    )
    return limited('mbsync', ['-c', config, 'all'])
  },
}

const interimapSide = (name: string, port: number, user: string) => `[${name}]
type = imap
host = 127.0.0.1
port = ${port}
username = ${user}
password = bench
STARTTLS = NO
compress = NO
`

/** It works both ways, but the target is empty: nothing comes back to the source. */
const interimap: Peer = {
  name: 'interimap',
  run(world, ports, target) {
    const config = world.file(
      `interimap-${target}`,
      `database = ${target}.db
list-mailbox = "*"
${interimapSide('local', ports.target, target)}
${interimapSide('remote', ports.source, 's0')}`,
    )
    const home = world.folder(`interimap-home-${target}`)
    mkdirSync(join(home, 'interimap'), { recursive: true, mode: 0o700 })
    return limited('interimap', [`--config=${config}`, '--quiet'], { XDG_DATA_HOME: home, XDG_CONFIG_HOME: home })
  },
}

const imapsyncSide = (n: 1 | 2, port: number, user: string) =>
  `--host${n} 127.0.0.1 --port${n} ${port} --user${n} ${user} --password${n} bench --nossl${n} --notls${n}`.split(' ')

const imapsync: Peer = {
  name: 'imapsync',
  run(_world, ports, target) {
    const sides = [...imapsyncSide(1, ports.source, 's0'), ...imapsyncSide(2, ports.target, target)]
    return limited('imapsync', [...sides, '--nolog', '--noreleasecheck', '--nomodulesversion', '--nofoldersizes'])
  },
}

const all = [mbsync, interimap, imapsync]

export const peersHere = () => all.filter(({ name }) => isInPath(name))
export const peersMissing = () => all.filter(({ name }) => !isInPath(name)).map(({ name }) => name)
