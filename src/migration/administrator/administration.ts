/** What the use cases of administrators stand on, made out of a store. */
import { type Clock, systemClock } from '#base/clock.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import type { SessionTimes } from '#store/service/sessions.ts'
import type { AdministratorDeps } from './deps.ts'
import { firstPasswordOf } from './first-password.ts'
import { passwordHasher } from './hash-password.ts'
import { sessionsOf } from './sessions.ts'
import { SignInThrottle } from './sign-in-throttle.ts'

export interface Administration {
  readonly store: ServiceStore
  readonly clock?: Pick<Clock, 'now' | 'monotonic'>
  readonly times?: Partial<{ [Name in keyof SessionTimes]: number | undefined }>
  readonly onSignIn?: AdministratorDeps['onSignIn']
  /** Removes what the first password was written into. */
  readonly forgetFirstPassword?: () => void
}

export function administration({ store, clock = systemClock, ...given }: Administration): AdministratorDeps {
  return {
    store,
    clock,
    hasher: passwordHasher(),
    sessions: sessionsOf(store, clock, given.times),
    throttle: new SignInThrottle(clock),
    firstPassword: firstPasswordOf(store, clock, given.forgetFirstPassword),
    onSignIn: given.onSignIn ?? (() => {}),
  }
}
