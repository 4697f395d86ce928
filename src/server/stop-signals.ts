/** Ctrl-C once: no new group, what is in flight lands. Twice: connections are given up; the ledger knows what was open. */
import { stoppedInFlight } from '#base/stopped.ts'

export interface StopSignals extends Disposable {
  readonly stopping: AbortSignal
  readonly aborting: AbortSignal
}

export function stopSignals(say: (text: string) => void): StopSignals {
  const stop = new AbortController()
  const abort = new AbortController()
  const onSignal = () => {
    if (stop.signal.aborted) {
      abort.abort(stoppedInFlight('Run the same command again; it finds out what has landed and goes on.'))
      return
    }
    say('stopping: what is under way still lands. Ctrl-C again gives it up; nothing is lost either way.')
    stop.abort(new Error('stopped'))
  }
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of names) process.on(name, onSignal)
  return {
    stopping: stop.signal,
    aborting: abort.signal,
    [Symbol.dispose]() {
      for (const name of names) process.off(name, onSignal)
    },
  }
}
