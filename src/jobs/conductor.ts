/**
 * What every process of the service does beside its passes: carries out commands, gives slots, sweeps. Any number of
 * processes do it at once; whichever is there does it, and none is needed in particular.
 */
import type { PgBoss } from 'pg-boss'
import type { Log } from '#base/log.ts'
import { carryOut } from '#store/service/carry-out.ts'
import { foldTotals } from '#store/service/fold-totals.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { type DispatchLimits, dispatch } from './dispatch.ts'
import type { Listener } from './listen.ts'
import { prune } from './prune.ts'
import { sweep } from './sweep.ts'

/** Users fall due by the clock, and nobody tells: so often is looked. */
const TICK_MS = 1_000
const SWEEP_MS = 10_000
const PRUNE_MS = 3_600_000

/** What is to be done now and then; one run of it follows the other. */
export interface Chore {
  readonly what: string
  readonly everyMs: number
  run(): Promise<unknown>
}

export function startConductor(
  store: ServiceStore,
  boss: PgBoss,
  listener: Listener,
  limits: () => Promise<DispatchLimits>,
  /** Done by all processes, at their start, too: whoever finds nothing left does nothing. */
  chores: readonly Chore[],
  log: Log,
): AsyncDisposable {
  let running: Promise<void> | null = null
  let again = false
  let closing = false
  let sweptAt = 0
  const due = [
    ...chores.map((chore) => ({ chore, at: 0 })),
    { chore: { what: 'pruning', everyMs: PRUNE_MS, run: () => prune(store) }, at: performance.now() + PRUNE_MS },
  ]
  const underWay = new Map<Chore, Promise<unknown>>()
  /** What fails holds up nothing else: a database that is away is tried again with the next tick. */
  const attempt = async (what: string, deed: () => Promise<unknown>) => {
    try {
      return await deed()
    } catch (thrown) {
      log.warn(`${what} failed`, { said: thrown instanceof Error ? thrown.message : String(thrown) })
      return null
    }
  }
  const work = async () => {
    while (again && !closing) {
      again = false
      if (await attempt('carrying out commands', () => carryOut(store, log))) again = true
      await attempt('giving slots', async () => dispatch(store, boss, await limits()))
      if (performance.now() - sweptAt > SWEEP_MS) {
        sweptAt = performance.now()
        await attempt('sweeping', () => sweep(store))
        await attempt('adding up', () => foldTotals(store))
      }
      for (const one of due) {
        const { chore } = one
        if (performance.now() < one.at || underWay.has(chore)) continue
        one.at = performance.now() + chore.everyMs
        // Beside the rest: it may take long.
        const run = attempt(chore.what, () => chore.run()).then(() => underWay.delete(chore))
        underWay.set(chore, run)
      }
    }
    running = null
  }
  const poke = () => {
    again = true
    if (!closing) running ??= work()
  }
  const off = listener.on('work', poke)
  const timer = setInterval(poke, TICK_MS)
  poke()
  return {
    async [Symbol.asyncDispose]() {
      closing = true
      off()
      clearInterval(timer)
      await running
      await Promise.all(underWay.values())
    },
  }
}
