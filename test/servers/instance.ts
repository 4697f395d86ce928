import { spawn } from 'node:child_process'
import { appendFileSync, chmodSync, existsSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { instancePids, killInstance, send } from './processes.ts'
import { release, watchOver } from './reaper.ts'

/** The part of node:test's context that says whether the test went well; without it the folder is always removed. */
export interface Outcome {
  /** The types of Node lack it, its TestContext has it. */
  readonly passed?: boolean
  after(fn: () => void): void
}

export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly uid?: number
  readonly gid?: number
}

/**
 * One server instance of our own: a temporary folder and a process tree in a session of its own. Disposing kills it and
 * removes the folder, which is kept, with its path printed, when KEEP=1 or the test failed.
 */
export class Instance implements AsyncDisposable {
  readonly name: string
  readonly folder: string
  readonly #outcome: Outcome | null
  #leader: number | null = null

  constructor(name: string, outcome: Outcome | null = null) {
    this.name = name
    this.#outcome = outcome
    this.folder = mkdtempSync(join(tmpdir(), `waybill-${name}-`))
    // Servers run by root work as another uid, which has to get in.
    chmodSync(this.folder, 0o755)
  }

  get logFile(): string {
    return join(this.folder, 'server.log')
  }

  /** What the server has logged so far. */
  log(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : ''
  }

  /** Starts the server and waits until `greets` holds, at most 20 s; false means that it ended before, e.g. on a taken port. */
  async start(command: Command, greets: () => Promise<boolean>): Promise<boolean> {
    const out = openSync(this.logFile, 'a', 0o666)
    const child = spawn(command.program, command.args, {
      cwd: command.cwd ?? this.folder,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', ...command.env },
      stdio: ['ignore', out, out],
      detached: true,
      ...(command.uid === undefined ? {} : { uid: command.uid }),
      ...(command.gid === undefined ? {} : { gid: command.gid }),
    })
    closeSync(out)
    child.on('error', (error) => appendFileSync(this.logFile, `${error.message}\n`))
    if (child.pid === undefined) throw new Error(`${this.name}: ${command.program} cannot be run`)
    child.unref()
    this.#leader = child.pid
    watchOver(child.pid, this.folder)
    for (const end = Date.now() + 20_000; Date.now() < end;) {
      if (child.exitCode !== null || child.signalCode !== null) break
      if (await greets()) return true
      await delay(10)
    }
    const ended = child.exitCode !== null || child.signalCode !== null
    await this.kill()
    if (ended) return false
    throw new Error(`${this.name} did not greet within 20 s. Its log:\n${this.log()}`)
  }

  /** All live processes of this instance, ascending. */
  pids(): number[] {
    return this.#leader === null ? [] : instancePids(this.#leader)
  }

  /** kill -9 of every process of this instance; returns when none is left. The folder stays. */
  async kill(): Promise<void> {
    if (this.#leader === null) return
    while (this.pids().length > 0) {
      killInstance(this.#leader)
      await delay(5)
    }
    this.#gone()
  }

  /** Asks the server to end, and kills what is left after 5 s; returns when nothing is left. The folder stays. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.#leader === null) return
    send(this.#leader, signal)
    for (const end = Date.now() + 5_000; Date.now() < end && this.pids().length > 0;) await delay(10)
    await this.kill()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing of the folder is needed any more, and a clean stop takes some servers a second.
    await this.kill()
    if (this.#outcome === null) this.#clear(true)
    else this.#outcome.after(() => this.#clear(this.#outcome?.passed ?? true))
  }

  #gone(): void {
    if (this.#leader !== null) release(this.#leader)
    this.#leader = null
  }

  #clear(passed: boolean): void {
    if (!passed || process.env['KEEP'] === '1') console.error(`${this.name}: kept ${this.folder}`)
    else rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Ports of 127.0.0.1 that were free a moment ago; who loses the race for one tries again with others. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  try {
    return await Promise.all(
      servers.map(
        (server) =>
          new Promise<number>((resolve, reject) => {
            server.once('error', reject)
            server.listen(0, '127.0.0.1', () => {
              const address = server.address()
              resolve(address !== null && typeof address === 'object' ? address.port : 0)
            })
          }),
      ),
    )
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  }
}

/** Calls `attempt` with fresh ports until it says that it started, at most five times. */
export async function onFreePorts<T>(
  count: number,
  attempt: (ports: number[]) => Promise<T | null>,
): Promise<T | null> {
  for (let tries = 0; tries < 5; tries++) {
    const started = await attempt(await freePorts(count))
    if (started !== null) return started
  }
  return null
}
