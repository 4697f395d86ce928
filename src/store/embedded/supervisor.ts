/** One PostgreSQL under its supervisor (supervisor.sh): a shell that stops it when our end of a pipe closes. */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { DataFolder } from '../data-folder.ts'
import { folderFault } from '../fs-faults.ts'
import type { Owner } from './owner.ts'
import { SUPERVISOR } from './processes.ts'

const LARGEST_LOG_BYTES = 1024 * 1024

export interface Supervisor {
  /** What PostgreSQL did last: pid of the running one, or null while it is not running. */
  readonly pid: number | null
  /** How often it ended, for whatever reason. */
  readonly ends: number
  /** Resolves when the supervisor itself has ended. */
  readonly ended: Promise<void>
  readonly hasEnded: boolean
  /** Lines that PostgreSQL wrote to its log since this supervisor started. */
  said(): string
  /** Closes the pipe: PostgreSQL stops (fast), then the supervisor ends. */
  release(): void
}

export function supervise(folder: DataFolder, owner: Owner | null, command: readonly string[]): Supervisor {
  const log = join(folder.logs, 'postgres.log')
  const script = readFileSync(new URL('supervisor.sh', import.meta.url), 'utf8')
  let logFile: number
  let logStart: number
  try {
    if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_LOG_BYTES) renameSync(log, `${log}.1`)
    logFile = openSync(log, 'a', 0o600)
    logStart = statSync(log).size
  } catch (thrown) {
    throw folderFault(thrown, folder.path, 'opening', log)
  }
  let child: ChildProcess
  try {
    child = spawn('/bin/sh', ['-c', script, SUPERVISOR, ...command], {
      cwd: '/',
      // A session of its own: Ctrl-C in the terminal must not stop the database before we have finished.
      detached: true,
      env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
      stdio: ['pipe', 'pipe', logFile],
      ...owner,
    })
  } finally {
    closeSync(logFile)
  }
  const state = { pid: null as number | null, ends: 0, hasEnded: false }
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const [word, number] = line.split(' ')
    if (word === 'started') state.pid = Number(number)
    else if (word === 'ended') {
      state.pid = null
      state.ends++
    }
  })
  const ended = new Promise<void>((resolve) => {
    const done = () => {
      state.hasEnded = true
      resolve()
    }
    child.once('exit', done).once('error', done)
  })
  // EPIPE when the supervisor was killed; its end is seen by `ended`.
  child.stdin!.on('error', () => {})
  // A command that forgets to close the store must still end; the closing pipe then stops PostgreSQL.
  child.unref()
  for (const stream of [child.stdin, child.stdout]) {
    if (stream && 'unref' in stream && typeof stream.unref === 'function') stream.unref()
  }
  return {
    get pid() {
      return state.pid
    },
    get ends() {
      return state.ends
    },
    get hasEnded() {
      return state.hasEnded
    },
    ended,
    said: () => readFileSync(log).subarray(logStart).toString('utf8'),
    release: () => child.stdin!.end(),
  }
}
