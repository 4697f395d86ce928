/** kill -9 at random moments; everything that is random follows from one seed, but for what the machine adds. */
import { setTimeout as delay } from 'node:timers/promises'
import { Random } from '#test/worlds/random.ts'
import type { CrashWorld, TargetKind } from './world.ts'

/** From the environment, to repeat a failure; else of this moment. */
export const seedOfRun = (): number => Number(process.env['SEED'] ?? Date.now() % 2 ** 31)

interface Span {
  readonly fromMs: number
  readonly toMs: number
}

export class RandomKills {
  readonly #world: CrashWorld
  readonly #random: Random
  readonly #spans = new Map<TargetKind, Span>()

  constructor(world: CrashWorld, seed: number) {
    this.#world = world
    this.#random = new Random(seed)
  }

  /**
   * A user whose first runs, one to three of them, are killed after a random time, most of them while mail moves, and
   * whose last one is not. Answers how often a run was really killed: the others had ended before.
   */
  async one(kind: TargetKind): Promise<{ story: string; killed: number }> {
    const span = await this.#span(kind)
    const user = await this.#world.user(kind)
    const waits = Array.from({ length: this.#random.pick([1, 1, 1, 2, 3]) }, () =>
      this.#random.between(span.fromMs, span.toMs),
    )
    const story = `${kind} killed after ${waits.join(', ')} ms`
    let killed = 0
    try {
      for (const wait of waits) {
        // Named so that the lease is short; the step itself is never reached.
        const startedAt = performance.now()
        const running = this.#world.start(user, { crash: 'none' })
        await Promise.race([delay(wait), running.ended])
        const took = performance.now() - startedAt
        running.child.kill('SIGKILL')
        if ((await running.ended).signal === 'SIGKILL') killed++
        // A first run: the machine had more to do when the span was measured.
        else if (wait === waits[0]) this.#shorten(kind, took)
      }
      await this.#world.complete(user)
      await this.#world.assertDone(user)
    } catch (thrown) {
      throw new Error(`${story}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, { cause: thrown })
    }
    return { story, killed }
  }

  #shorten(kind: TargetKind, took: number): void {
    const { fromMs, toMs } = this.#spans.get(kind)!
    this.#spans.set(kind, {
      fromMs: Math.round(Math.min(fromMs, took * 0.6)),
      toMs: Math.round(Math.min(toMs, took)),
    })
  }

  /** When an undisturbed run moves mail on this machine, a little before and after included. */
  async #span(kind: TargetKind): Promise<Span> {
    const known = this.#spans.get(kind)
    if (known) return known
    const user = await this.#world.user(kind)
    const startedAt = performance.now()
    const { firstByteAfterMs } = await this.#world.complete(user)
    const span = { fromMs: Math.round((firstByteAfterMs ?? 0) * 0.8), toMs: Math.round(performance.now() - startedAt) }
    this.#spans.set(kind, span)
    return span
  }
}
