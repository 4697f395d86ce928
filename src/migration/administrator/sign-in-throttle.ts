/** Guessing passwords gets slower, by network and by account; whoever is signed in already does not notice. */
import type { Clock } from '#base/clock.ts'
import { Failures, networkOf } from '#base/failures.ts'
import { tooManyRequests } from '#base/request-faults.ts'

const RULES = { allowed: 5, windowMs: 60_000, longestMs: 3_600_000 }
/** Many may sit behind one address. */
const NETWORK_RULES = { ...RULES, allowed: 20 }

export interface Attempt {
  /** It was right: it counts no longer. */
  succeeded(): void
}

const UNCOUNTED: Attempt = { succeeded() {} }

export class SignInThrottle {
  readonly #networks: Failures
  readonly #accounts: Failures

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#networks = new Failures(NETWORK_RULES, clock)
    this.#accounts = new Failures(RULES, clock)
  }

  /**
   * Counts an attempt before it is decided, so that those that come at once count, too.
   * @param account what is tried, and for whom, as it was typed, in one spelling; whether there is one makes no difference
   * @param address null: the local socket, which never waits
   * @param isKnown whether the account has signed in from this network before: then nobody elsewhere locks it out, nor does
   *   a neighbour. Asked only when it would have to wait.
   * @throws Fault TOO_MANY_REQUESTS
   */
  async attempt(
    account: string,
    address: string | null,
    isKnown: (network: string) => Promise<boolean>,
  ): Promise<Attempt> {
    if (address === null) return UNCOUNTED
    const network = networkOf(address)
    const shared: Counted = [
      [this.#networks, network],
      [this.#accounts, account],
    ]
    const own: Counted = [[this.#accounts, `${network} ${account}`]]
    return count(waitMs(shared) > 0 && (await isKnown(network)) ? own : shared)
  }

  /**
   * It has 128 random bits, and nobody guesses them: it is counted by network alone, lest a stranger keep the owner out.
   * @throws Fault TOO_MANY_REQUESTS
   */
  firstPassword(address: string | null): Attempt {
    return address === null ? UNCOUNTED : count([[this.#networks, networkOf(address)]])
  }

  /** Of who is signed in: nobody else makes them wait. @throws Fault TOO_MANY_REQUESTS */
  ownAttempt(account: string): Attempt {
    return count([[this.#accounts, account]])
  }
}

type Counted = readonly (readonly [Failures, string])[]

const waitMs = (counted: Counted): number => Math.max(...counted.map(([table, key]) => table.waitMs(key)))

function count(counted: Counted): Attempt {
  const ms = waitMs(counted)
  if (ms > 0) throw tooManyRequests('Too many sign-ins have failed.', ms)
  for (const [table, key] of counted) table.failed(key)
  return {
    succeeded() {
      for (const [table, key] of counted) table.forgive(key)
    },
  }
}
