/**
 * Bytes of bodies that are in memory until their answers are through, of one caller and of all together: many who send at
 * once, or stall in the middle, must not fill it. Whoever comes over the socket is not counted.
 */
import { Fault } from '#base/fault.ts'
import type { Principal } from '#contract/calls.ts'
import type { ApiLimits } from './api-limits.ts'
import { callerKey } from './caller-key.ts'
import { requestFault } from './request-fault.ts'

export interface BodyShare {
  /** Throws RATE_LIMITED or SERVICE_BUSY. */
  hold(bytes: number): void
  release(): void
}

/** A client that waits so long finds most bodies of now gone, ms. */
const WAIT_MS = 2_000

export class BodyShares {
  readonly #limits: Pick<ApiLimits, 'bodyBytes' | 'callerBodyBytes'>
  readonly #held = new Map<string, number>()
  #all = 0

  constructor(limits: Pick<ApiLimits, 'bodyBytes' | 'callerBodyBytes'>) {
    this.#limits = limits
  }

  /** Nobody knows strangers from each other: they are one caller. */
  of(principal: Principal): BodyShare {
    if (principal.via === 'Socket') return { hold() {}, release() {} }
    const caller = callerKey(principal)
    let mine = 0
    return {
      hold: (bytes) => {
        const held = (this.#held.get(caller) ?? 0) + bytes
        if (held > this.#limits.callerBodyBytes) throw callerFull(principal.name)
        if (this.#all + bytes > this.#limits.bodyBytes) throw allFull()
        this.#held.set(caller, held)
        this.#all += bytes
        mine += bytes
      },
      release: () => {
        const left = (this.#held.get(caller) ?? 0) - mine
        if (left > 0) this.#held.set(caller, left)
        else this.#held.delete(caller)
        this.#all -= mine
        mine = 0
      },
    }
  }
}

const callerFull = (name: string): Fault =>
  requestFault('RATE_LIMITED', `${name} is sending too much at once`, 'Send one after the other.', {
    transient: true,
    waitMs: WAIT_MS,
  })

const allFull = (): Fault =>
  requestFault('SERVICE_BUSY', 'too much is being sent to the service at once', 'Send it again in a moment.', {
    transient: true,
    waitMs: WAIT_MS,
  })
