/** What is known of the provider: asked for once, used for an hour, by all who sign in meanwhile. */
import {
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  None,
  allowInsecureRequests,
  clockTolerance,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
} from 'openid-client'
import type { Clock } from '#base/clock.ts'
import type { OutgoingRules } from '#mailbox/imap/reach.ts'
import type { Secrets } from '#store/secrets.ts'
import { type OpenIdSettingRow, clientSecretPlace } from '#store/service/openid-settings.ts'
import { DEADLINE_MS, guardedFetch } from './guarded-fetch.ts'
import { providerFault } from './provider-faults.ts'

export interface Providers {
  /**
   * @param fresh asks the provider now, whatever is known
   * @throws Fault OPENID_PROVIDER_AWAY, OPENID_PROVIDER_WRONG, SECRET_DAMAGED
   */
  configuration(settings: OpenIdSettingRow, fresh?: boolean): Promise<Configuration>
}

const KNOWN_MS = 3_600_000
/** A provider that is away is not asked by everybody who tries: those that come within this time are told the same. */
const AWAY_MS = 3_000
/** What two clocks may differ by, s. */
const SKEW_SECONDS = 60

interface Known {
  readonly key: string
  until: number
  readonly configuration: Promise<Configuration>
}

export function providers(
  outgoing: OutgoingRules,
  secrets: Secrets,
  { monotonic }: Pick<Clock, 'monotonic'>,
): Providers {
  let known: Known | null = null
  const ask = async (settings: OpenIdSettingRow): Promise<Configuration> => {
    const { issuer, client_id: clientId, client_secret: sealed } = settings
    const secret = sealed === null ? null : secrets.open(sealed, clientSecretPlace(settings))
    const isPlain = URL.parse(issuer)?.protocol === 'http:'
    try {
      return await discovery(
        new URL(issuer),
        clientId,
        { [clockTolerance]: SKEW_SECONDS },
        secret === null ? None() : withSecret(secret),
        {
          [customFetch]: guardedFetch(outgoing),
          timeout: DEADLINE_MS / 1_000,
          // Else the library takes the TLS of the token endpoint for the signature (OpenID Connect Core 1.0 §3.1.3.7); and
          // guardedFetch lets what is not encrypted go to this machine alone.
          execute: [enableNonRepudiationChecks, ...(isPlain ? [allowInsecureRequests] : [])],
        },
      )
    } catch (thrown) {
      throw providerFault(thrown, issuer)
    }
  }
  return {
    async configuration(settings, fresh = false) {
      const { issuer, client_id: id, client_secret: sealed } = settings
      const key = JSON.stringify([issuer, id, sealed?.toString('base64'), settings.modified_at.getTime()])
      if (!fresh && known?.key === key && known.until > monotonic()) return known.configuration
      const asked: Known = { key, until: monotonic() + KNOWN_MS, configuration: ask(settings) }
      known = asked
      asked.configuration.catch(() => (asked.until = monotonic() + AWAY_MS))
      return asked.configuration
    },
  }
}

/** As the provider takes it: in the header where it does not say otherwise (OpenID Connect Discovery 1.0 §3). */
function withSecret(secret: string): ClientAuth {
  const [basic, post] = [ClientSecretBasic(secret), ClientSecretPost(secret)]
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported
    const takesBasic = methods === undefined || methods.includes('client_secret_basic')
    return (takesBasic ? basic : post)(server, client, body, headers)
  }
}
