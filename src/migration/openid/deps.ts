import { type Clock, systemClock } from '#base/clock.ts'
import type { OutgoingRules } from '#mailbox/imap/reach.ts'
import type { Secrets } from '#store/secrets.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import type { AdministratorDeps } from '../administrator/deps.ts'
import { type Providers, providers } from './providers.ts'

export interface OpenIdGiven {
  readonly store: ServiceStore
  readonly secrets: Secrets
  readonly outgoing: OutgoingRules
  readonly administrators: Pick<AdministratorDeps, 'sessions' | 'onSignIn' | 'clock'>
  /** Null: the provider could not be told where to send people back to. */
  readonly publicUrl: string | null
  readonly monotonic?: Pick<Clock, 'monotonic'>
}

export interface OpenIdDeps extends OpenIdGiven {
  readonly providers: Providers
}

export const openIdDeps = (given: OpenIdGiven): OpenIdDeps => ({
  ...given,
  providers: providers(given.outgoing, given.secrets, given.monotonic ?? systemClock),
})

export const BEGIN_PATH = '/api/v1/session/openid'
const CALLBACK_PATH = '/api/v1/session/openid/callback'

/** Made of the public URL alone: what a caller says in Host leads nobody elsewhere. */
export const redirectUriOf = (publicUrl: string | null): string | null =>
  publicUrl === null ? null : publicUrl + CALLBACK_PATH
