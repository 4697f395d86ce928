/** The passes of this process: which are to end, and how far each is. One statement a second for all of them. */
import { stoppedInFlight } from '#base/stopped.ts'
import type { Log } from '#base/log.ts'
import { type PassProgress, passesToEnd, recordProgress } from '#store/service/running-passes.ts'
import type { ServiceStore } from '#store/service/service-store.ts'

export interface UnderWay {
  readonly token: string
  /** Aborts when an administrator stops, removes or changes what the pass works for. */
  readonly ending: AbortSignal
  /** Aborts when it has had its time to end: its connections are given up, and the ledger knows what was open. */
  readonly givingUp: AbortSignal
  /** Counted by the pass itself. */
  readonly progress: {
    sourceItems: number | null
    before: number
    landed: number
    items: number
    bytes: number
    changed: boolean
  }
  done(): void
}

export interface PassRegister extends Disposable {
  enter(token: string, itemsBefore: number): UnderWay
  /** Somebody said that passes are to end: looked at now, not with the next second. */
  look(): void
}

const LOOK_MS = 1_000
/** What is in flight may land for so long; a server that has fallen silent would keep it for minutes. */
const GRACE_MS = 15_000
/** What lists show may be so old. */
const PROGRESS_MS = 2_000

export function passRegister(store: ServiceStore, log: Log, graceMs = GRACE_MS): PassRegister {
  const all = new Map<string, UnderWay & { end(): void }>()
  let looking = false
  let telling = false
  const look = async () => {
    if (looking || all.size === 0) return
    looking = true
    try {
      for (const token of await passesToEnd(store, [...all.keys()])) all.get(token)?.end()
    } catch (thrown) {
      log.debug('looking after passes failed', { said: thrown instanceof Error ? thrown.message : String(thrown) })
    } finally {
      looking = false
    }
  }
  /** Apart: rows that somebody holds for long must not keep us from hearing that a pass is to end. */
  const tell = async () => {
    if (telling || all.size === 0) return
    telling = true
    try {
      await recordProgress(store, news())
    } catch (thrown) {
      log.debug('telling of passes failed', { said: thrown instanceof Error ? thrown.message : String(thrown) })
    } finally {
      telling = false
    }
  }
  const news = (): PassProgress[] =>
    [...all.values()].flatMap(({ token, progress }) => {
      if (!progress.changed) return []
      progress.changed = false
      return [
        {
          token,
          sourceItems: progress.sourceItems,
          syncedItems: progress.before + progress.landed,
          passItems: progress.items,
          passBytes: progress.bytes,
        },
      ]
    })
  const timers = [setInterval(() => void look(), LOOK_MS), setInterval(() => void tell(), PROGRESS_MS)]
  return {
    enter(token, itemsBefore) {
      const end = new AbortController()
      const giveUp = new AbortController()
      let timer: NodeJS.Timeout | undefined
      const entry = {
        token,
        end() {
          if (end.signal.aborted) return
          end.abort(new Error('asked to end'))
          timer = setTimeout(
            () => giveUp.abort(stoppedInFlight('Start it again; it finds out what has landed and goes on.')),
            graceMs,
          )
        },
        ending: end.signal,
        givingUp: giveUp.signal,
        progress: { sourceItems: null, before: itemsBefore, landed: 0, items: 0, bytes: 0, changed: false },
        done() {
          clearTimeout(timer)
          all.delete(token)
        },
      }
      all.set(token, entry)
      return entry
    },
    look: () => void look(),
    [Symbol.dispose]() {
      for (const timer of timers) clearInterval(timer)
    },
  }
}
