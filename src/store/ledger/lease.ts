/**
 * Our right to write one mailbox, kept alive by a timer of its own. What decides is our own clocks, read before
 * the renewal was sent: the database's end of the lease is later than ours, whatever the answer took.
 */
import type { Clock } from '#base/clock.ts'
import type { Lease } from '#engine/ports.ts'
import { leaseLost } from './lease-faults.ts'
import type { LedgerSettings, LedgerStore } from './types.ts'

/** Both clocks at one moment: the monotonic one stands still in a suspended machine, the wall clock can be set. */
export interface Moment {
  readonly wallMs: number
  readonly monotonicMs: number
}

export const momentOf = (clock: Clock): Moment => ({ wallMs: clock.now(), monotonicMs: clock.monotonic() })

export interface Acquired {
  readonly mailboxId: string
  /** The mailbox in words, for faults. */
  readonly name: string
  readonly holder: string
  readonly fence: number
  readonly epoch: number
  readonly lookAfterMs: number
  /** Read before the statement that took the lease was sent. */
  readonly at: Moment
}

const RENEW = {
  name: 'ledger-renew',
  text: `UPDATE mailbox SET lease_until = clock_timestamp() + $4 * interval '1 millisecond'
    WHERE id = $1 AND lease_fence = $2 AND lease_holder = $3`,
}

const RELEASE = `UPDATE mailbox SET lease_holder = NULL, lease_until = clock_timestamp(),
    unclean_until = CASE WHEN $4 THEN greatest(unclean_until, clock_timestamp()) ELSE unclean_until END
  WHERE id = $1 AND lease_fence = $2 AND lease_holder = $3`

export class HeldLease implements Lease {
  readonly fence: number
  readonly lookAfterMs: number
  readonly lost: AbortSignal
  readonly #acquired: Acquired
  readonly #store: LedgerStore
  readonly #settings: LedgerSettings
  readonly #losing = new AbortController()
  /** The lease surely runs for `leaseMs` from here. */
  #from: Moment
  #renewing: NodeJS.Timeout | null = null
  #ending: NodeJS.Timeout | null = null
  #released = false

  constructor(acquired: Acquired, store: LedgerStore, settings: LedgerSettings) {
    this.#acquired = acquired
    this.#store = store
    this.#settings = settings
    this.fence = acquired.fence
    this.lookAfterMs = acquired.lookAfterMs
    this.lost = this.#losing.signal
    this.#from = acquired.at
    this.#renewIn(settings.leaseMs / 3)
    this.#watchEnd()
  }

  holds(): boolean {
    return !this.#released && !this.lost.aborted && this.#leftMs() > this.#settings.marginMs
  }

  /** Ends our right at once, for a write was refused or the time is over. */
  lose(why: string): void {
    if (this.lost.aborted) return
    this.#stop()
    this.#losing.abort(leaseLost(this.#acquired.name, why))
  }

  /**
   * Gives the lease back, so that the next holder need not wait. With `unclean` bytes of ours may still be on
   * their way to the target, and the next holder waits the settle time from now on before it looks.
   */
  async release(unclean: boolean): Promise<void> {
    if (this.#released) return
    this.#released = true
    this.#stop()
    if (this.lost.aborted) return
    const { mailboxId, fence, holder } = this.#acquired
    const values = [mailboxId, fence, holder, unclean]
    // Bounded, and its failure is no one's: the lease then runs out, and the next holder waits for that.
    await this.#store
      .retrying(() => this.#store.pool.query({ text: RELEASE, values }), { forMs: this.#settings.leaseMs / 6 })
      .catch(() => undefined)
  }

  #leftMs(): number {
    const { clock, leaseMs } = this.#settings
    const now = momentOf(clock)
    const passed = Math.max(now.monotonicMs - this.#from.monotonicMs, now.wallMs - this.#from.wallMs)
    return leaseMs - passed
  }

  #renewIn(ms: number): void {
    this.#renewing = setTimeout(() => void this.#renew(), ms)
    this.#renewing.unref()
  }

  /** A failed renewal is tried again until the end: a restart of PostgreSQL takes seconds, a lease 30. */
  async #renew(): Promise<void> {
    const { leaseMs, clock } = this.#settings
    const from = momentOf(clock)
    let next = leaseMs / 3
    try {
      const renewed = await this.#send()
      if (this.#released || this.lost.aborted) return
      if (!renewed) return this.lose('another process has taken it over')
      // From before it was sent: an answer that took longer than the lease renews nothing, for we were frozen, and
      // somebody may have taken over since.
      this.#from = from
      this.#watchEnd()
    } catch {
      if (this.#released || this.lost.aborted) return
      next = Math.min(1000, leaseMs / 30)
    }
    this.#renewIn(next)
  }

  async #send(): Promise<boolean> {
    const { mailboxId, fence, holder } = this.#acquired
    const { leaseMs } = this.#settings
    // Unbounded waiting for an answer, or for a free connection, would use up the time for the next try.
    const patience = AbortSignal.timeout(Math.max(100, leaseMs / 5))
    const answer = this.#store.pool.query({ ...RENEW, values: [mailboxId, fence, holder, leaseMs] })
    const late = new Promise<never>((_resolve, reject) => {
      patience.addEventListener('abort', () => reject(new Error('no answer in time')), { once: true })
    })
    answer.catch(() => undefined)
    return ((await Promise.race([answer, late])).rowCount ?? 0) > 0
  }

  #watchEnd(): void {
    if (this.#ending) clearTimeout(this.#ending)
    this.#ending = setTimeout(
      () => {
        if (this.#leftMs() <= 0) this.lose('its lease could not be renewed in time')
        else this.#watchEnd()
      },
      Math.max(1, Math.ceil(this.#leftMs())),
    )
    this.#ending.unref()
  }

  #stop(): void {
    if (this.#renewing) clearTimeout(this.#renewing)
    if (this.#ending) clearTimeout(this.#ending)
    this.#renewing = this.#ending = null
  }
}
