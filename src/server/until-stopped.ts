/**
 * SIGTERM or Ctrl-C once: no new work, what is in flight lands. Twice: connections are given up. SIGHUP: without a
 * terminal files are opened anew, the log and the certificate; with one the terminal has gone, and it is a stop.
 */
import { createInterface } from 'node:readline'
import { stoppedInFlight } from '#base/stopped.ts'
import { type Fault, asFault } from '#base/fault.ts'

export interface StopWatch {
  readonly stopping: AbortSignal
  readonly aborting: AbortSignal
  /** Resolves at the first signal with null, or with the fault when the store is lost. */
  told(lost: AbortSignal): Promise<Fault | null>
  /** Called at each SIGHUP that is no stop. */
  onReload(act: () => void): void
}

/** After a first signal what is in flight has so long; a server that has fallen silent would keep it for minutes. */
const GRACE_MS = 60_000

/** What a service writes to the standard input of its worker, a line each. */
export const RELOAD_LINE = 'reload'

/** @param byParent a service that started us tells us by lines of standard input, and signals are for it alone */
export function untilStopped(byParent = false): StopWatch {
  const stop = new AbortController()
  const abort = new AbortController()
  const reloads: (() => void)[] = []
  const reload = () => reloads.forEach((act) => act())
  const onSignal = () => {
    if (!stop.signal.aborted) {
      setTimeout(giveUp, GRACE_MS).unref()
      return stop.abort(new Error('stopped'))
    }
    giveUp()
  }
  const giveUp = () => {
    abort.abort(stoppedInFlight('Start the service again; it finds out what has landed and goes on.'))
  }
  const hasTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, byParent ? () => {} : onSignal)
  process.on('SIGHUP', byParent ? () => {} : hasTerminal ? onSignal : reload)
  if (byParent) {
    createInterface({ input: process.stdin }).on('line', (line) => (line === RELOAD_LINE ? reload() : onSignal()))
  }
  return {
    stopping: stop.signal,
    aborting: abort.signal,
    onReload: (act) => void reloads.push(act),
    told: (lost) =>
      new Promise((resolve) => {
        const onStop = () => resolve(null)
        const onLost = () => {
          stop.abort(new Error('the store is lost'))
          abort.abort(lost.reason)
          resolve(asFault(lost.reason))
        }
        if (stop.signal.aborted) return onStop()
        if (lost.aborted) return onLost()
        stop.signal.addEventListener('abort', onStop, { once: true })
        lost.addEventListener('abort', onLost, { once: true })
      }),
  }
}
