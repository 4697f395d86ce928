/**
 * The jobs of a pass and who may take the next. Each lane has a folder of its own as long as there are enough: servers
 * lock a folder while they append to it. A lane opens the next one, the largest first, when no opened one waits for a
 * lane, so that listings do not pile up in memory; only then it helps where others are at work.
 */
import type { FolderWork, GroupPlan } from './folder-work.ts'

export type Job =
  | { readonly kind: 'carry'; readonly work: FolderWork; readonly plans: readonly GroupPlan[] }
  | { readonly kind: 'finish'; readonly work: FolderWork }
  | { readonly kind: 'open'; readonly work: FolderWork }

/** A lane takes about this many messages of a folder at once, so that others may help with a huge folder. */
const SEGMENT_MESSAGES = 1_000
const SEGMENT_BYTES = 32 * 1_048_576

export class WorkList {
  readonly #unopened: FolderWork[]
  readonly #opened = new Set<FolderWork>()
  /** Folders that one lane is opening or finishing. */
  readonly #held = new Set<FolderWork>()
  #waiting: (() => void)[] = []
  /** How many lanes take jobs from here. */
  lanes = 0
  /** Called after a folder's groups are known. */
  onOpened: () => void = () => {}
  #stopped = false

  constructor(folders: readonly FolderWork[]) {
    this.#unopened = [...folders].sort((a, b) => a.report.source - b.report.source)
  }

  /** Whether there is more to do than the lanes at work have taken. */
  get busy(): boolean {
    if (this.#unopened.length > 0) return true
    for (const work of this.#opened) if (work.queue.length > 0) return true
    return false
  }

  /**
   * The next job; null when nothing is left or the pass stops. Waits while others may still make work. `mine` is the
   * folder that the lane has open: staying there costs no round trip.
   */
  async next(mine: FolderWork | null): Promise<Job | null> {
    for (;;) {
      if (this.#stopped) return null
      const job = this.#take(mine)
      if (job) return job
      if (this.#unopened.length === 0 && this.#opened.size === 0 && this.#held.size === 0) return null
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  #take(mine: FolderWork | null): Job | null {
    let best: FolderWork | null = null
    for (const work of this.#opened) {
      if (this.#held.has(work)) continue
      if (work.queue.length > 0) {
        if (!best || work.carriers < best.carriers || (work === mine && work.carriers === best.carriers)) best = work
      } else if (work.idle) {
        this.#held.add(work)
        return { kind: 'finish', work }
      }
    }
    const unopened = best?.carriers === 0 ? undefined : this.#unopened.pop()
    if (unopened) {
      this.#held.add(unopened)
      return { kind: 'open', work: unopened }
    }
    if (!best) return null
    best.carriers++
    return { kind: 'carry', work: best, plans: segment(best) }
  }

  /** The folder has been listed; its groups may be carried. */
  opened(work: FolderWork): void {
    this.#held.delete(work)
    this.#opened.add(work)
    this.changed()
    this.onOpened()
  }

  /** Opening or finishing met a passing fault: try again later. */
  again(work: FolderWork): void {
    this.#held.delete(work)
    if (!this.#opened.has(work)) this.#unopened.push(work)
    this.changed()
  }

  /** The folder is done with, for better or worse. */
  closed(work: FolderWork): void {
    this.#held.delete(work)
    this.#opened.delete(work)
    this.changed()
  }

  /** A lane is done with the groups that it took. */
  carried(work: FolderWork): void {
    work.carriers--
    this.changed()
  }

  /** Queues or flights have changed: whoever waits looks again. */
  changed(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }

  stop(): void {
    this.#stopped = true
    this.changed()
  }
}

function segment(work: FolderWork): GroupPlan[] {
  const plans: GroupPlan[] = []
  let messages = 0
  let bytes = 0
  while (work.queue.length > 0 && messages < SEGMENT_MESSAGES && bytes < SEGMENT_BYTES) {
    const plan = work.queue.shift()!
    plans.push(plan)
    messages += plan.uids.length
    bytes += plan.bytes
  }
  return plans
}
