/** The first contact with a server: what passes is waited for, but a wrong port must not take minutes to be told. */
import type { Clock } from '#base/clock.ts'
import { Fault } from '#base/fault.ts'
import type { Hold } from '#engine/pass/hold.ts'

export interface Patience {
  readonly clock: Clock
  /** Waits that the servers asked for, whoever was asked. */
  readonly hold?: Hold
  /** The first wait, ms; doubles. */
  readonly retryMs: number
  readonly stopping: AbortSignal
  /** Told before each wait. */
  note(sentence: string): void
}

/** A server that names its limits is there and will have room: it gets more patience than one that does not answer. */
const ATTEMPTS_AT_LIMIT = 10
const ATTEMPTS = 3
const LIMITS = new Set(['THROTTLED', 'TOO_MANY_CONNECTIONS'])

/** Opens what `open` opens; throws its last fault when patience ends, at once when it is not a passing one. */
export async function openPatiently<T>(open: () => Promise<T>, patience: Patience): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    await patience.hold?.over(patience.stopping)
    patience.stopping.throwIfAborted()
    try {
      return await open()
    } catch (thrown) {
      if (!(thrown instanceof Fault) || !thrown.transient || patience.stopping.aborted) throw thrown
      if (attempt >= (LIMITS.has(thrown.code) ? ATTEMPTS_AT_LIMIT : ATTEMPTS)) throw thrown
      if (thrown.waitMs !== null && thrown.scope === 'endpoint') patience.hold?.extend(thrown.waitMs)
      const base = Math.min(patience.retryMs * 2 ** (attempt - 1), 600_000)
      const waitMs = thrown.waitMs ?? base * (0.8 + 0.4 * Math.random())
      patience.note(`${thrown.message} Trying again in ${Math.max(1, Math.round(waitMs / 1000))} s.`)
      await patience.clock.sleep(waitMs, patience.stopping)
    }
  }
}
