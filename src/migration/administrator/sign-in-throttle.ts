/** Guessing passwords gets slower, by network and by account; whoever is signed in already does not notice. */
import type { Clock } from '#base/clock.ts'
import { Failures, dropOldest, networkOf } from '#base/failures.ts'
import { tooManyRequests } from '#base/request-faults.ts'

const RULES = { allowed: 5, windowMs: 60_000, longestMs: 3_600_000 }
/** Many may sit behind one address. */
const NETWORK_RULES = { ...RULES, allowed: 20 }
const KNOWN = 1_000

export interface Attempt {
  /** It was right: it counts no longer, and this network is one that the account is known to sign in from. */
  succeeded(): void
}

export class SignInThrottle {
  readonly #networks: Failures
  readonly #accounts: Failures
  /** Accounts with networks from where they signed in: nobody elsewhere locks them out, nor does a neighbour. */
  readonly #known = new Set<string>()

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#networks = new Failures(NETWORK_RULES, clock)
    this.#accounts = new Failures(RULES, clock)
  }

  /**
   * Counts an attempt before it is decided, so that those that come at once count, too.
   * @param account what is tried, and for whom, as it was typed, in one spelling; whether there is one makes no difference
   * @param address null: the local socket, which never waits
   * @throws Fault TOO_MANY_REQUESTS
   */
  attempt(account: string, address: string | null): Attempt {
    if (address === null) return { succeeded() {} }
    const network = networkOf(address)
    const pair = `${network} ${account}`
    const counted: [Failures, string][] = this.#known.has(pair)
      ? [[this.#accounts, pair]]
      : [
          [this.#networks, network],
          [this.#accounts, account],
        ]
    const attempt = count(counted)
    return {
      succeeded: () => {
        attempt.succeeded()
        this.#known.add(pair)
        dropOldest(this.#known, KNOWN)
      },
    }
  }

  /** Of who is signed in: nobody else makes them wait. @throws Fault TOO_MANY_REQUESTS */
  ownAttempt(account: string): Attempt {
    return count([[this.#accounts, account]])
  }
}

function count(counted: readonly (readonly [Failures, string])[]): Attempt {
  const waitMs = Math.max(...counted.map(([table, key]) => table.waitMs(key)))
  if (waitMs > 0) throw tooManyRequests('Too many sign-ins have failed.', waitMs)
  for (const [table, key] of counted) table.failed(key)
  return {
    succeeded() {
      for (const [table, key] of counted) table.forgive(key)
    },
  }
}
