/**
 * One pass of one mailbox: what its parts share. It holds no logic but the tallies and the two ways to stop:
 * `stopping` (no new group, let what is in flight land) and `signal` (give up now; open intents stay open).
 */
import type { Clock } from '#base/clock.ts'
import { disposeQuietly } from '#base/dispose.ts'
import { type Fault, asFault } from '#base/fault.ts'
import { Turn, type Turnstile } from '#base/turnstile.ts'
import type { Budget, MailSource, MailTarget, MailboxLedger, Skipped, TargetReader } from '../ports.ts'
import type { Hold } from './hold.ts'
import type { PassOptions } from './options.ts'
import { type PassEvents, type PassReport, emptyReport } from './report.ts'

export interface PassPorts {
  readonly source: MailSource
  readonly target: MailTarget
  readonly ledger: MailboxLedger
  readonly budget: Budget
  /** Lane slots beyond the guaranteed ones, shared by all mailboxes of the process. */
  readonly spareLanes: Turnstile
  /** Waits that the servers asked for, shared by all mailboxes of the process. */
  readonly hold: Hold
  readonly clock: Clock
  readonly events: PassEvents
  /** Hashes a source identity and a target folder into the name of the copy (named targets). */
  readonly nameOf: (sourceFolder: string, validity: number, uid: number, targetFolder: string) => string
}

export class Pass {
  readonly ports: PassPorts
  readonly options: PassOptions
  readonly report: PassReport = emptyReport()
  readonly #abort = new AbortController()
  readonly #stop: AbortSignal
  /** Aborts when the pass is stopping, for whatever reason: for waits that nothing depends on. */
  readonly stopSignal: AbortSignal
  readonly #turn = new Turn()
  #reader: TargetReader | null = null
  /** What the target said to the last message that it answered with BAD alone. */
  notUnderstood: string | null = null
  #faultsInRow = 0
  #failure: Fault | null = null
  #commonest = new Map<string, number>()

  constructor(ports: PassPorts, options: PassOptions, stopping: AbortSignal, aborting: AbortSignal) {
    this.ports = ports
    this.options = options
    this.#stop = stopping
    this.stopSignal = AbortSignal.any([stopping, this.#abort.signal])
    const forward = (signal: AbortSignal) => {
      const abort = () => this.fail(asFault(signal.reason))
      if (signal.aborted) abort()
      else signal.addEventListener('abort', abort, { once: true })
    }
    forward(aborting)
    forward(ports.ledger.lease.lost)
  }

  /** Aborts when the pass has failed or was given up. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  get stopping(): boolean {
    return this.#stop.aborted || this.#abort.signal.aborted
  }

  /** The largest message that is carried: the administrator's limit or the target's own (RFC 7889), bytes. */
  get mostMessageBytes(): number {
    return Math.min(this.options.maxMessageBytes, this.ports.target.traits.appendLimit ?? Infinity)
  }

  get failure(): Fault | null {
    return this.#failure
  }

  /** The first failure is the one that counts; it ends the pass for this user. */
  fail(fault: Fault): void {
    this.#failure ??= fault
    if (!this.#abort.signal.aborted) this.#abort.abort(this.#failure)
  }

  /**
   * Decides what a fault means for this pass: throws it when it ends the user, else waits as long as
   * transfer-engine.md §8 says. A fault that no landing interrupts 60 times in a row fails the user.
   */
  async passing(fault: Fault): Promise<void> {
    if (this.signal.aborted) throw this.#failure ?? fault
    if (!fault.transient) {
      this.fail(fault)
      throw fault
    }
    const count = (this.#commonest.get(fault.message) ?? 0) + 1
    this.#commonest.set(fault.message, count)
    if (++this.#faultsInRow > this.options.mostFaults) {
      const [message, times] = [...this.#commonest].sort((a, b) => b[1] - a[1])[0]!
      this.fail(fault)
      this.report.notes.push(
        `Gave up after ${this.#faultsInRow} faults in a row; the commonest, ${times} times: ${message}`,
      )
      throw fault
    }
    this.holdFor(fault)
    const base = Math.min(this.options.retryMs * 2 ** (this.#faultsInRow - 1), 600_000)
    const waitMs = fault.waitMs ?? base * (0.8 + 0.4 * Math.random())
    this.ports.events.note(`${fault.message} Trying again in ${Math.max(1, Math.round(waitMs / 1000))} s.`)
    await this.ports.clock.sleep(waitMs, this.stopSignal)
  }

  /** A wait that the server asked for is kept by everybody who speaks to it. */
  holdFor(fault: Fault): void {
    if (fault.waitMs !== null && fault.scope === 'endpoint') this.ports.hold.extend(fault.waitMs)
  }

  sentFirstByte(): void {
    this.report.firstByteAt ??= this.ports.clock.now()
  }

  /** Something was settled: the faults before it were not in vain. */
  gotOn(): void {
    this.#faultsInRow = 0
    this.#commonest.clear()
  }

  /** @param sent false: of what was in the target already */
  landedNow(messages: number, bytes: number, sent = true): void {
    this.gotOn()
    this.report.lastLandingAt = this.ports.clock.now()
    this.ports.events.landed(messages, bytes, sent)
  }

  countSkips(items: readonly Skipped[]): void {
    for (const item of items) {
      this.report.skips.set(item.kind, (this.report.skips.get(item.kind) ?? 0) + 1)
      this.ports.events.skipped(item)
    }
  }

  countLostFlags(atoms: readonly string[]): void {
    for (const atom of atoms) this.report.lostFlags.set(atom, (this.report.lostFlags.get(atom) ?? 0) + 1)
  }

  /**
   * The one connection that looks at the target, by one task at a time; a broken one is replaced at the next
   * task, the fault goes to the caller.
   */
  look<T>(task: (reader: TargetReader) => Promise<T>): Promise<T> {
    return this.#turn.run(async () => {
      this.#reader ??= await this.ports.target.reader()
      try {
        return await task(this.#reader)
      } catch (thrown) {
        const broken = this.#reader
        this.#reader = null
        await disposeQuietly(broken)
        throw thrown
      }
    }, this.signal)
  }

  async close(): Promise<void> {
    await disposeQuietly(this.#reader)
    this.#reader = null
  }
}
