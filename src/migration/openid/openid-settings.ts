/** Get- and Set-OpenIdSetting. */
import { badValue } from '#base/request-faults.ts'
import type { Call } from '#contract/calls.ts'
import type { OpenIdSetting } from '#contract/openid.ts'
import type { updateOpenIdSettings as Route } from '#contract/routes/openid.ts'
import { isLoopbackAddress } from '#mailbox/imap/reach.ts'
import { type OpenIdSettingRow, changeOpenIdSettings, clientSecretPlace } from '#store/service/openid-settings.ts'
import { type OpenIdDeps, redirectUriOf } from './deps.ts'

export const showOpenIdSetting = (row: OpenIdSettingRow, publicUrl: string | null): OpenIdSetting => ({
  identity: 'OpenIdConnect',
  enabled: row.enabled,
  displayName: row.display_name,
  issuer: row.issuer || null,
  clientId: row.client_id || null,
  hasClientSecret: row.client_secret !== null,
  scopes: row.scopes,
  userNameClaim: row.user_name_claim,
  rolesClaim: row.roles_claim,
  roleMapping: {
    ViewOnly: [...row.role_mapping.ViewOnly],
    Migration: [...row.role_mapping.Migration],
    OrganizationManagement: [...row.role_mapping.OrganizationManagement],
  },
  redirectUri: redirectUriOf(publicUrl),
  lastModifiedDateTime: row.modified_at.getTime() === 0 ? null : row.modified_at.toISOString(),
})

export async function updateOpenIdSettings(
  { store, secrets, outgoing, publicUrl }: OpenIdDeps,
  { body, precondition }: Call<typeof Route>,
): Promise<OpenIdSetting> {
  const row = await changeOpenIdSettings(store, (before) => {
    precondition?.check(showOpenIdSetting(before, publicUrl))
    const now = {
      issuer: body.issuer === undefined ? before.issuer : (body.issuer ?? ''),
      client_id: body.clientId === undefined ? before.client_id : (body.clientId ?? ''),
    }
    if (body.issuer != null) checkIssuer(body.issuer, outgoing.allowLoopback)
    const isSame = now.issuer === before.issuer && now.client_id === before.client_id
    // Whoever may change the provider must not get sent there what somebody else has entered for another.
    if (!isSame && before.client_secret !== null && body.clientSecret === undefined)
      throw badValue(
        'clientSecret',
        'is kept for one provider and client alone, and these change',
        'Give the new client secret, or null for a client without one.',
      )
    const secret =
      body.clientSecret === undefined
        ? before.client_secret
        : body.clientSecret === null
          ? null
          : secrets.seal(body.clientSecret, clientSecretPlace(now))
    const enabled = body.enabled ?? before.enabled
    if (enabled) checkReady(now, publicUrl)
    return {
      ...now,
      enabled,
      display_name: body.displayName ?? before.display_name,
      client_secret: secret,
      scopes: [...new Set(['openid', ...(body.scopes ?? before.scopes)])],
      user_name_claim: body.userNameClaim === undefined ? before.user_name_claim : body.userNameClaim,
      roles_claim: body.rolesClaim ?? before.roles_claim,
      role_mapping: { ...before.role_mapping, ...given(body.roleMapping ?? {}) },
    }
  })
  return showOpenIdSetting(row, publicUrl)
}

const given = <T extends object>(values: T): { [Key in keyof T]: Exclude<T[Key], undefined> } =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([role, value]: [string, readonly string[]]) => [role, [...new Set(value)]]),
  ) as { [Key in keyof T]: Exclude<T[Key], undefined> }

/** @throws Fault VALUE_INVALID */
function checkIssuer(issuer: string, allowLoopback: boolean): void {
  const remedy = 'Give it as the provider writes it: https://id.example.com/realms/main.'
  const url = URL.parse(issuer)
  if (!url || !/^https?:$/.test(url.protocol)) throw badValue('issuer', 'is not an address', remedy)
  if (url.username + url.password + url.search + url.hash !== '')
    throw badValue('issuer', 'may hold neither log-in nor query nor fragment', remedy)
  if (url.pathname.includes('/.well-known/'))
    throw badValue('issuer', 'is the address of the metadata', 'Leave out /.well-known/openid-configuration.')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isHere = allowLoopback && (host === 'localhost' || isLoopbackAddress(host))
  if (url.protocol === 'http:' && !isHere) throw badValue('issuer', 'must begin with https://', remedy)
}

/** @throws Fault VALUE_INVALID */
function checkReady({ issuer, client_id: clientId }: { issuer: string; client_id: string }, publicUrl: string | null) {
  if (issuer === '') throw badValue('issuer', 'is needed before it can be enabled')
  if (clientId === '') throw badValue('clientId', 'is needed before it can be enabled')
  if (publicUrl === null)
    throw badValue(
      'enabled',
      'is not possible while the service has no public URL, to which the provider sends people back',
      'Set publicUrl in the configuration of the server (WAYBILL_PUBLIC_URL) and start it again.',
    )
  const { protocol, hostname } = new URL(publicUrl)
  const host = hostname.replace(/^\[|\]$/g, '')
  if (protocol !== 'https:' && host !== 'localhost' && !isLoopbackAddress(host))
    throw badValue(
      'enabled',
      'is not possible while the public URL of the service is not https',
      'Reach the service by TLS, and set publicUrl (WAYBILL_PUBLIC_URL) to its https address.',
    )
}
