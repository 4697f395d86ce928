import { buildAuthorizationUrl, calculatePKCECodeChallenge } from 'openid-client'
import { networkOf } from '#base/failures.ts'
import type { Call, Departure } from '#contract/calls.ts'
import type { beginOpenIdSignIn as Route } from '#contract/routes/openid.ts'
import { putPending } from '#store/service/openid-pending.ts'
import { sessionHash } from '../administrator/sessions.ts'
import type { OpenIdDeps } from './deps.ts'
import { PENDING_MS, newPending } from './pending.ts'
import { providerFault } from './provider-faults.ts'
import { readySettings } from './ready-settings.ts'
import { returnPath } from './return-path.ts'

/** @throws Fault OPENID_NOT_SET_UP, VALUE_INVALID, OPENID_PROVIDER_AWAY, OPENID_PROVIDER_WRONG */
export async function beginOpenIdSignIn(
  deps: OpenIdDeps,
  { query, principal, session, openIdSeat }: Call<typeof Route>,
): Promise<Departure> {
  const { settings, publicUrl, redirectUri } = await readySettings(deps)
  const returnTo = returnPath(query.returnTo, publicUrl)
  const configuration = await deps.providers.configuration(settings)
  const pending = newPending()
  const now = deps.administrators.clock.now()
  const url = await authorizationUrl()
  await putPending(
    deps.store,
    {
      hash: pending.hash,
      issuer: settings.issuer,
      client_id: settings.client_id,
      return_to: returnTo,
      network: networkOf(principal.address ?? ''),
      session_hash: session.id === null ? null : sessionHash(session.id),
      expires_at: new Date(now + PENDING_MS),
    },
    now,
  )
  openIdSeat?.begin(pending.id)
  return { to: url.href, by: 'redirect' }

  async function authorizationUrl(): Promise<URL> {
    try {
      return buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: settings.scopes.join(' '),
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: 'S256',
      })
    } catch (thrown) {
      throw providerFault(thrown, settings.issuer)
    }
  }
}
