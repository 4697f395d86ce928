/** SIGTERM or Ctrl-C once: no new work, what is in flight lands. Twice: connections are given up. */
import { stoppedInFlight } from '#base/stopped.ts'
import { type Fault, asFault } from '#base/fault.ts'

export interface StopWatch {
  readonly stopping: AbortSignal
  readonly aborting: AbortSignal
  /** Resolves at the first signal with null, or with the fault when the store is lost. */
  told(lost: AbortSignal): Promise<Fault | null>
}

/** After a first signal what is in flight has so long; a server that has fallen silent would keep it for minutes. */
const GRACE_MS = 60_000

/** @param byParent a service that started us tells us by lines of standard input, and signals are for it alone */
export function untilStopped(byParent = false): StopWatch {
  const stop = new AbortController()
  const abort = new AbortController()
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
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, byParent ? () => {} : onSignal)
  if (byParent) process.stdin.on('data', onSignal)
  return {
    stopping: stop.signal,
    aborting: abort.signal,
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
