/** What becomes of a user after a pass: synced, again later, failed (transfer-engine.md §8). */
import { Fault } from '#base/fault.ts'
import { sentence } from '#base/sentence.ts'
import type { PassEnd } from '#store/service/passes.ts'

/** Passing faults in a row, without a landed message between, that fail a user. */
export const MOST_TRANSIENT = 60
export const FIRST_WAIT_MS = 5_000
const LONGEST_WAIT_MS = 600_000
/** A fault of our own side, or somebody else at work on the mailbox: nobody's mail is wrong, so it is never counted. */
const OURS_WAIT_MS = 10_000
const OURS_LONG_WAIT_MS = 60_000

export interface PassFacts {
  readonly status: 'Synced' | 'Failed' | 'Stopped'
  readonly fault: Fault | null
  readonly carried: number
  /** Passing faults in a row before this one. */
  readonly failuresBefore: number
  /** Why it was stopped: an administrator, or this process that ends. */
  readonly endedBy: 'administrator' | 'process' | null
  readonly now: number
  readonly intervalMs: number
  readonly allowsIncremental: boolean
  /** Passing faults in a row that fail a user: MOST_TRANSIENT, unless a test turns it. */
  readonly mostTransient: number
  /** The first wait after one, ms: FIRST_WAIT_MS, unless a test turns it. */
  readonly firstWaitMs: number
  /** The words, each with its remedy, with which the passes before this one failed in the row. */
  readonly causesBefore: readonly string[]
  /** 0 up to 1, for the ±20 %. */
  readonly random: number
}

export interface Decision {
  readonly result: PassEnd['result']
  readonly outcome: PassEnd['outcome']
  readonly error: PassEnd['error']
}

export function decideOutcome(facts: PassFacts): Decision {
  const { status, fault, now, intervalMs } = facts
  const retryAt = new Date(now + intervalMs)
  if (status === 'Synced') {
    return {
      result: 'Synced',
      outcome: { kind: 'synced', nextAt: facts.allowsIncremental ? retryAt : null },
      error: null,
    }
  }
  if (facts.endedBy === 'administrator') return { result: 'Stopped', outcome: { kind: 'ended' }, error: null }
  if (status === 'Stopped' || facts.endedBy === 'process' || fault === null) {
    return { result: 'Interrupted', outcome: { kind: 'again', at: new Date(now), counts: false }, error: null }
  }
  const error = errorOf(fault)
  if (isOurs(fault)) {
    const at = new Date(now + (fault.waitMs ?? (isForSomebody(fault) ? OURS_LONG_WAIT_MS : OURS_WAIT_MS)))
    return { result: 'Interrupted', outcome: { kind: 'again', at, counts: false }, error }
  }
  if (!fault.transient) return { result: 'Failed', outcome: { kind: 'failed', retryAt }, error }
  const failures = facts.carried > 0 ? 1 : facts.failuresBefore + 1
  if (failures >= facts.mostTransient) {
    const tooOften = tooMany(fault, failures, facts.causesBefore.slice(0, failures - 1))
    return { result: 'Failed', outcome: { kind: 'failed', retryAt }, error: errorOf(tooOften) }
  }
  const at = new Date(now + (fault.waitMs ?? backoffMs(failures, facts.random, facts.firstWaitMs)))
  return { result: 'Failed', outcome: { kind: 'again', at, counts: true }, error }
}

/** 5 s × 2ⁿ ± 20 %, at most ten minutes. */
export function backoffMs(failures: number, random: number, firstMs = FIRST_WAIT_MS): number {
  const base = Math.min(firstMs * 2 ** (failures - 1), LONGEST_WAIT_MS)
  return Math.round(base * (0.8 + 0.4 * random))
}

const isOurs = (fault: Fault) =>
  fault.code === 'LEASE_LOST' ||
  fault.code === 'USER_ALREADY_BEING_MIGRATED' ||
  // A full disk or a missing key of ours is nothing that a user could be blamed for.
  fault.scope === 'instance'

/** A fault of ours that somebody has to mend. */
const isForSomebody = (fault: Fault) => fault.scope === 'instance' && !fault.transient

const errorOf = (fault: Fault) => ({
  code: fault.code,
  message: sentence(fault.message),
  remedy: fault.remedy === null ? null : sentence(fault.remedy),
})

/** Names the commonest cause: the last one may be the exception. */
function tooMany(fault: Fault, failures: number, causesBefore: readonly string[]): Fault {
  const { message, remedy } = errorOf(fault)
  const last = [message, remedy ?? ''].join(' ').trim()
  const [cause, times] = [...Map.groupBy([...causesBefore, last], (text) => text)]
    .map(([text, all]) => [text === last ? message : text, all.length] as const)
    .reduce((most, one) => (one[1] >= most[1] ? one : most))
  return new Fault({
    code: 'TOO_MANY_TRANSIENT_FAILURES',
    scope: 'mailbox',
    transient: false,
    message: `Tried ${failures} times without carrying a message. The commonest cause, ${times} times: ${cause}`,
    remedy: `${remedy ?? 'Remove the cause.'} Then start the user again.`,
    facts: fault.facts,
    cause: fault,
  })
}
