/** Test-OpenIdSetting: asks the provider for what it has, and whether it knows the client. A failure is a result. */
import { randomBytes } from 'node:crypto'
import { type Configuration, ResponseBodyError, genericGrantRequest } from 'openid-client'
import { Fault } from '#base/fault.ts'
import { sentence } from '#base/sentence.ts'
import type { Call } from '#contract/calls.ts'
import type { OpenIdTest } from '#contract/openid.ts'
import type { testOpenIdSettings as Route } from '#contract/routes/openid.ts'
import type { ConnectionTester } from '../endpoint/connection-tester.ts'
import { type OpenIdSettingRow, readOpenIdSettings } from '#store/service/openid-settings.ts'
import { type OpenIdDeps, redirectUriOf } from './deps.ts'
import { providerFault, wrong } from './provider-faults.ts'

export async function testOpenIdSettings(
  { store, providers, publicUrl, tester }: OpenIdDeps & { readonly tester: Pick<ConnectionTester, 'admit'> },
  { principal }: Pick<Call<typeof Route>, 'principal'>,
): Promise<OpenIdTest> {
  tester.admit(principal)
  const settings = await readOpenIdSettings(store)
  const redirectUri = redirectUriOf(publicUrl)
  const answer = (told: Partial<OpenIdTest>): OpenIdTest => ({
    result: 'Failed',
    message: '',
    errorDetail: '',
    warnings: warningsOf(settings, redirectUri),
    redirectUri,
    ...told,
  })
  if (settings.issuer === '' || settings.client_id === '')
    return answer({
      message: 'No provider is set up.',
      errorDetail: 'Set issuer and client id in the settings of OpenID Connect.',
    })
  try {
    const configuration = await providers.configuration(settings, true)
    const server = configuration.serverMetadata()
    for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const)
      if (server[name] === undefined) throw wrong(settings.issuer, `its metadata have no ${name}`, 'Check the issuer.')
    // Microsoft's common address: anybody of any organization would be vouched for.
    if (server.issuer.includes('{'))
      throw wrong(settings.issuer, 'it is for any organization', 'Name the tenant in the issuer.')
    if (redirectUri !== null) await tryClient(configuration, settings.issuer, redirectUri)
    return answer({
      result: 'Success',
      message: `${server.issuer} answers${redirectUri === null ? '' : ' and knows the client'}.`,
      warnings: [...warningsOf(settings, redirectUri), ...warningsOfServer(configuration, settings)],
    })
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.scope === 'bug') throw thrown
    return answer({ message: sentence(thrown.message), errorDetail: thrown.remedy ?? '' })
  }
}

/** With a code that is none: whoever says that of the code has taken the client (RFC 6749 §5.2). */
async function tryClient(configuration: Configuration, issuer: string, redirectUri: string): Promise<void> {
  try {
    await genericGrantRequest(configuration, 'authorization_code', {
      code: `waybill-test-${randomBytes(16).toString('base64url')}`,
      redirect_uri: redirectUri,
      code_verifier: randomBytes(32).toString('base64url'),
    })
  } catch (thrown) {
    if (thrown instanceof ResponseBodyError && !/client/.test(thrown.error)) return
    throw providerFault(thrown, issuer)
  }
}

function warningsOf({ enabled, role_mapping: mapping }: OpenIdSettingRow, redirectUri: string | null): string[] {
  const warnings: string[] = []
  if (redirectUri === null)
    warnings.push('The service has no public URL (WAYBILL_PUBLIC_URL): nobody can be sent back.')
  if (Object.values(mapping).every((values) => values.length === 0))
    warnings.push('No value gives a role: only administrators with an OidcSubject are let in.')
  if (!enabled) warnings.push('It is not enabled.')
  return warnings
}

function warningsOfServer(configuration: Configuration, settings: OpenIdSettingRow): string[] {
  const server = configuration.serverMetadata()
  const unknown = settings.scopes.filter((scope) => server.scopes_supported?.includes(scope) === false)
  const warnings: string[] = []
  if (unknown.length > 0) warnings.push(`The provider does not name these scopes: ${unknown.join(', ')}.`)
  if (!configuration.serverMetadata().supportsPKCE())
    warnings.push('The provider does not say that it knows PKCE with S256; it is used all the same.')
  return warnings
}
