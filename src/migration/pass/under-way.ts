/** The passes of this process: which are to end, and how far each is. One statement a second for all of them. */
import type { Log } from '#base/log.ts'
import { type PassProgress, passesToEnd, recordProgress } from '#store/service/passes.ts'
import type { ServiceStore } from '#store/service/service-store.ts'

export interface UnderWay {
  readonly token: string
  /** Aborts when an administrator stops, removes or changes what the pass works for. */
  readonly ending: AbortSignal
  /** Counted by the pass itself. */
  readonly progress: { sourceItems: number | null; before: number; items: number; bytes: number; changed: boolean }
  done(): void
}

export interface PassRegister extends Disposable {
  enter(token: string, itemsBefore: number): UnderWay
  /** Somebody said that passes are to end: looked at now, not with the next second. */
  look(): void
}

const LOOK_MS = 1_000
/** What lists show may be so old. */
const PROGRESS_MS = 2_000

export function passRegister(store: ServiceStore, log: Log): PassRegister {
  const all = new Map<string, UnderWay & { readonly end: AbortController }>()
  let looking = false
  let toldAt = 0
  const look = async () => {
    if (looking || all.size === 0) return
    looking = true
    try {
      for (const token of await passesToEnd(store, [...all.keys()]))
        all.get(token)?.end.abort(new Error('asked to end'))
      if (performance.now() - toldAt < PROGRESS_MS) return
      toldAt = performance.now()
      await recordProgress(store, news())
    } catch (thrown) {
      log.debug('looking after passes failed', { said: thrown instanceof Error ? thrown.message : String(thrown) })
    } finally {
      looking = false
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
          syncedItems: progress.before + progress.items,
          passItems: progress.items,
          passBytes: progress.bytes,
        },
      ]
    })
  const timer = setInterval(() => void look(), LOOK_MS)
  return {
    enter(token, itemsBefore) {
      const end = new AbortController()
      const entry = {
        token,
        end,
        ending: end.signal,
        progress: { sourceItems: null, before: itemsBefore, items: 0, bytes: 0, changed: false },
        done: () => void all.delete(token),
      }
      all.set(token, entry)
      return entry
    },
    look: () => void look(),
    [Symbol.dispose]: () => clearInterval(timer),
  }
}
