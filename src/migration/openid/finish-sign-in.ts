/** The provider has sent the browser back: whoever it vouches for gets a session, with the roles of their claims. */
import { randomUUID } from 'node:crypto'
import {
  type Configuration,
  authorizationCodeGrant,
  buildEndSessionUrl,
  fetchUserInfo,
  type IDToken,
} from 'openid-client'
import { Fault } from '#base/fault.ts'
import type { Call, Departure } from '#contract/calls.ts'
import type { finishOpenIdSignIn as Route } from '#contract/routes/openid.ts'
import { type Admission, admitArrival } from '#store/service/openid-administrators.ts'
import { takePending } from '#store/service/openid-pending.ts'
import type { OpenIdSettingRow } from '#store/service/openid-settings.ts'
import { deleteSession } from '#store/service/sessions.ts'
import { beginSession } from '../administrator/begin-session.ts'
import { type Claims, claimAt, displayNameOf, mailOf, rolesOf, userNameOf } from './claims.ts'
import type { OpenIdDeps } from './deps.ts'
import { type Pending, pendingOf } from './pending.ts'
import { providerFault, refused } from './provider-faults.ts'
import { type ReadySettings, readySettings } from './ready-settings.ts'
import { refusalOf } from './refusals.ts'

/** Roles are asked for anew at each sign-in: whoever has lost them at the provider has lost them here by then. */
export const OPENID_SESSION_MS = 4 * 3_600_000

export async function finishOpenIdSignIn(deps: OpenIdDeps, call: Call<typeof Route>): Promise<Departure> {
  const { onSignIn } = deps.administrators
  const { address } = call.principal
  let known: Admission['row'] = null
  try {
    const ready = await readySettings(deps)
    const { pending, returnTo, replaced } = await takeOwn(deps, ready, call)
    const configuration = await deps.providers.configuration(ready.settings)
    const claims = await claimsOf(configuration, ready, pending, call.query)
    const admission = await admitArrival(deps.store, { ...arrivalOf(claims, ready.settings), clientAddress: address })
    known = admission.row
    if (admission.refused !== null) throw refusalOf(admission.refused, claims, ready.settings)
    const how = {
      means: 'OpenIdConnect',
      mostMs: OPENID_SESSION_MS,
      signOutUrl: signOutUrl(configuration, ready),
    } as const
    if ((await beginSession(deps.administrators, call, admission.row, how, null)) === null)
      throw refusalOf('disabled', claims, ready.settings)
    // Its cookie is Strict, and did not come along from the provider; the new one has taken its place.
    if (replaced !== null) await deleteSession(deps.store, replaced)
    return { to: returnTo, by: 'step' }
  } catch (thrown) {
    // Of what was no sign-in at all there is nothing to tell.
    if (thrown instanceof Fault && TOLD.has(thrown.code)) {
      const administrator = known && { id: known.id, name: known.name }
      onSignIn({ outcome: 'Refused', means: 'OpenIdConnect', administrator, address, failure: thrown })
    }
    throw thrown
  }
}

const TOLD: ReadonlySet<string> = new Set(['OPENID_SIGN_IN_LOST', 'OPENID_REFUSED', 'OPENID_ROLE_MISSING'])

/** The sign-in that this browser has begun: gone with this, whatever comes of it. */
async function takeOwn(
  { store, administrators: { clock } }: OpenIdDeps,
  { settings, publicUrl }: ReadySettings,
  { query, openIdSeat }: Call<typeof Route>,
): Promise<{ pending: Pending; returnTo: string; replaced: Buffer | null }> {
  const id = openIdSeat?.id ?? null
  if (id === null) throw lost(`this browser has begun none at ${publicUrl}, or more than ten minutes ago`)
  const pending = pendingOf(id)
  // Before it is taken: a link that somebody else made must not end the sign-in that is under way.
  if (query.state !== pending.state) throw lost('the answer belongs to another one, or to another browser')
  openIdSeat?.end()
  const row = await takePending(store, pending.hash, clock.now())
  if (row === null) throw lost('it was finished already, or was begun more than ten minutes ago')
  if (row.issuer !== settings.issuer || row.client_id !== settings.client_id)
    throw lost('the settings have been changed since it was begun')
  return { pending, returnTo: row.return_to, replaced: row.session_hash }
}

async function claimsOf(
  configuration: Configuration,
  { settings, redirectUri }: ReadySettings,
  { state, nonce, verifier }: Pending,
  query: Call<typeof Route>['query'],
): Promise<Claims & IDToken> {
  const url = new URL(redirectUri)
  for (const [name, value] of Object.entries(query)) if (typeof value === 'string') url.searchParams.set(name, value)
  try {
    const tokens = await authorizationCodeGrant(configuration, url, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
    })
    const claims = tokens.claims()
    if (!claims) throw refused('The provider sent no ID token.')
    const needed = [settings.roles_claim, settings.user_name_claim ?? 'preferred_username']
    const isWhole = needed.every((name) => claimAt(claims, name) !== undefined)
    if (isWhole || configuration.serverMetadata().userinfo_endpoint === undefined) return claims
    // Some tell groups there alone. What is signed counts more.
    return { ...(await fetchUserInfo(configuration, tokens.access_token, claims.sub)), ...claims }
  } catch (thrown) {
    throw providerFault(thrown, settings.issuer)
  }
}

function arrivalOf(claims: Claims & IDToken, settings: OpenIdSettingRow) {
  const name = userNameOf(claims, settings.user_name_claim)
  if (name === null)
    throw refused(
      `The provider says no user name: the claim ${settings.user_name_claim} is missing, or is an address that is not verified.`,
      'Have the provider put it into the ID token, or name another claim for it in the settings of OpenID Connect.',
    )
  return {
    id: randomUUID(),
    issuer: claims.iss,
    subject: claims.sub,
    name,
    displayName: displayNameOf(claims, name),
    mailAddress: mailOf(claims),
    roles: rolesOf(claims, settings.roles_claim, settings.role_mapping),
  }
}

/** RP-Initiated Logout 1.0 §2: with the client's id instead of the ID token, which is kept nowhere. */
function signOutUrl(configuration: Configuration, { publicUrl }: ReadySettings): string | null {
  if (configuration.serverMetadata().end_session_endpoint === undefined) return null
  return buildEndSessionUrl(configuration, { post_logout_redirect_uri: `${publicUrl}/` }).href
}

const lost = (why: string): Fault =>
  new Fault({
    code: 'OPENID_SIGN_IN_LOST',
    scope: 'request',
    transient: false,
    message: `This sign-in cannot be finished: ${why}.`,
    remedy: 'Begin again at the sign-in page, and stay in one browser.',
  })
