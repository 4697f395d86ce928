import type { Clock } from '#base/clock.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import type { FirstPassword } from './first-password.ts'
import type { Hasher } from './hash-password.ts'
import type { Sessions } from './sessions.ts'
import type { SignInThrottle } from './sign-in-throttle.ts'

/** Who tried to come in, for the audit log. What was typed is not told: it may have been the password. */
export interface SignInOutcome {
  readonly outcome: 'SignedIn' | 'Refused'
  readonly means: 'Password' | 'FirstPassword' | 'OpenIdConnect'
  /** Null: nobody whom we know. */
  readonly administrator: { readonly id: string; readonly name: string } | null
  /** Null: the local socket. */
  readonly address: string | null
  /** Why, where that may be told: of a password it is not. */
  readonly failure?: unknown
}

export interface AdministratorDeps {
  readonly store: ServiceStore
  readonly clock: Pick<Clock, 'now'>
  readonly hasher: Hasher
  readonly sessions: Sessions
  readonly throttle: SignInThrottle
  readonly firstPassword: FirstPassword
  readonly onSignIn: (outcome: SignInOutcome) => void
  /** Provider of OpenID Connect, where one is set up. */
  readonly oidc?: () => Promise<{ readonly name: string; readonly startPath: string } | null>
}
