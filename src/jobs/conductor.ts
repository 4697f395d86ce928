/**
 * What every process of the service does beside its passes: carries out commands, gives slots, sweeps. Any number of
 * processes do it at once; whichever is there does it, and none is needed in particular.
 */
import type { PgBoss } from 'pg-boss'
import type { Log } from '#base/log.ts'
import { carryOut } from '#store/service/carry-out.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { type DispatchLimits, dispatch } from './dispatch.ts'
import type { Listener } from './listen.ts'
import { prune } from './prune.ts'
import { sweep } from './sweep.ts'

/** Users fall due by the clock, and nobody tells: so often is looked. */
const TICK_MS = 1_000
const SWEEP_MS = 10_000
const PRUNE_MS = 3_600_000

export function startConductor(
  store: ServiceStore,
  boss: PgBoss,
  listener: Listener,
  limits: () => Promise<DispatchLimits>,
  log: Log,
): AsyncDisposable {
  let running: Promise<void> | null = null
  let again = false
  let closing = false
  let sweptAt = 0
  let prunedAt = performance.now()
  const work = async () => {
    try {
      while (again && !closing) {
        again = false
        if (await carryOut(store)) again = true
        await dispatch(store, boss, await limits())
        if (performance.now() - sweptAt > SWEEP_MS) {
          sweptAt = performance.now()
          await sweep(store)
        }
        if (performance.now() - prunedAt > PRUNE_MS) {
          prunedAt = performance.now()
          await prune(store)
        }
      }
    } catch (thrown) {
      // The database is away or restarts; the next tick tries again.
      log.warn('conducting failed', { said: thrown instanceof Error ? thrown.message : String(thrown) })
    } finally {
      running = null
    }
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
    },
  }
}
