/** Command lines as they are typed: in a real bash with the aliases, with a terminal or without. */
import { execFile, spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'

export const root = join(import.meta.dirname, '../..')
export const launcher = join(root, 'waybill')

export interface Ended {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
}

export interface Line {
  /** WAYBILL_DATA, and where files are. */
  readonly folder: string
  readonly env?: NodeJS.ProcessEnv
  readonly shell?: string
  /** Without them `$true` is nothing. */
  readonly aliases?: boolean
}

export const environment = (folder: string, env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: folder,
  XDG_CONFIG_HOME: join(folder, 'config'),
  WAYBILL_DATA: folder,
  TZ: 'UTC',
  ...env,
})

let aliasesTold: Promise<string> | undefined

/** As `eval "$(waybill aliases)"` has it, which `onTerminal` types: told once, for a file has dozens of lines. */
async function tellAliases(folder: string): Promise<string> {
  const { stdout } = await promisify(execFile)(launcher, ['aliases'], { env: environment(folder) })
  return stdout
}

/** Without a terminal anywhere: a session of its own has none to ask on. */
export async function typed(line: string, { folder, env, shell = 'bash', aliases = true }: Line): Promise<Ended> {
  const script = aliases ? `${await (aliasesTold ??= tellAliases(folder))}\n${line}` : line
  const child = spawn(shell, ['-c', script], {
    cwd: folder,
    env: environment(folder, env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { stdout, stderr, code }
}

/** On a terminal of its own; each answer is typed when what stands before it has been seen. */
export async function onTerminal(
  line: string,
  answers: readonly (readonly [seen: string, typed: string])[],
  { folder, env }: Line,
): Promise<{ shown: string; code: number | null }> {
  const script = `eval "$(${launcher} aliases)"\n${line}`
  const child = spawn('script', ['-qec', `bash -c ${quoted(script)}`, '/dev/null'], {
    cwd: folder,
    env: environment(folder, { TERM: 'xterm', SHELL: '/bin/bash', ...env }),
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  const left = [...answers]
  let shown = ''
  let from = 0
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    shown += chunk
    while (left[0] && shown.indexOf(left[0][0], from) >= 0) {
      const [seen, answer] = left.shift()!
      from = shown.indexOf(seen, from) + seen.length
      child.stdin.write(answer)
    }
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { shown: shown.replaceAll('\r\n', '\n'), code }
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
