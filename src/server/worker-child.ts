/**
 * The worker of `waybill serve`, in a process of its own: passes keep a core busy, and the API must answer meanwhile; and
 * what a hostile mailbox could break is not the service. Started again when it ends by itself.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Log, LogFacts } from '#base/log.ts'
import type { Settings } from '#contract/settings.ts'
import { RELOAD_LINE } from './until-stopped.ts'

export interface WorkerChild {
  /** What is in flight lands; resolves when it has ended. */
  stop(): Promise<void>
  /** Opens its log anew. */
  reload(): void
  /** Gives up what is in flight. */
  abort(): void
}

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000
type ChildSettings = Pick<Settings, 'dataFolder' | 'concurrency'>

/** A worker that ran for so long did not fail at its start. */
const HEALTHY_MS = 60_000

export function startWorkerChild(settings: ChildSettings, configFile: string | null, log: Log): WorkerChild {
  let child: ChildProcess | null = null
  let isStopping = false
  let pauseMs = FIRST_PAUSE_MS
  let timer: NodeJS.Timeout | undefined
  let ended: Promise<void> = Promise.resolve()
  const start = () => {
    const startedAt = performance.now()
    let started: ChildProcess
    try {
      started = spawnWorker(settings, configFile)
    } catch (thrown) {
      return again({ said: thrown instanceof Error ? thrown.message : String(thrown) }, 0)
    }
    child = started
    ended = new Promise((resolve) => {
      // Of one that cannot be started `error` is told, and `exit` is not.
      let isOver = false
      const over = (facts: LogFacts) => {
        if (isOver) return
        isOver = true
        child = null
        resolve()
        again(facts, performance.now() - startedAt)
      }
      started.once('error', (error) => over({ said: error.message }))
      started.once('exit', (code, signal) => over({ code, signal }))
    })
  }
  const again = (facts: LogFacts, ranMs: number) => {
    if (isStopping) return
    if (ranMs > HEALTHY_MS) pauseMs = FIRST_PAUSE_MS
    log.error('the worker has ended and is started again', { ...facts, pauseMs })
    timer = setTimeout(start, pauseMs)
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
  }
  start()
  return {
    async stop() {
      isStopping = true
      clearTimeout(timer)
      child?.stdin?.write('stop\n')
      await ended
    },
    reload: () => void child?.stdin?.write(`${RELOAD_LINE}\n`),
    abort: () => void child?.stdin?.write('give up\n'),
  }
}

function spawnWorker({ dataFolder, concurrency }: ChildSettings, configFile: string | null): ChildProcess {
  const main = join(import.meta.dirname, 'main.ts')
  const args = ['worker', '--data', dataFolder, '--concurrency', String(concurrency), '--until-input-ends']
  if (configFile !== null) args.push('--config', configFile)
  // A group of its own: Ctrl-C in the terminal reaches us alone, and we tell it once. Its input ends with us.
  const child = spawn(process.execPath, [...process.execArgv, main, ...args], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  child.stdin?.on('error', () => undefined)
  return child
}
