/** SIGTERM or Ctrl-C once: no new work, what is in flight lands. Twice: connections are given up. */
import { Fault, asFault } from '#base/fault.ts'

export interface StopWatch {
  readonly stopping: AbortSignal
  readonly aborting: AbortSignal
  /** Resolves at the first signal with null, or with the fault when the store is lost. */
  told(lost: AbortSignal): Promise<Fault | null>
}

export function untilStopped(): StopWatch {
  const stop = new AbortController()
  const abort = new AbortController()
  const onSignal = () => {
    if (!stop.signal.aborted) return stop.abort(new Error('stopped'))
    abort.abort(
      new Fault({
        code: 'STOPPED',
        scope: 'mailbox',
        transient: true,
        message: 'Stopped before everything in flight had landed.',
        remedy: 'Start the service again; it finds out what has landed and goes on.',
      }),
    )
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal)
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
