/** What went wrong with the provider, in words. No token, code or secret is in them, nor in a cause. */
import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client'
import { Fault } from '#base/fault.ts'
import { safeText } from '#base/safe-text.ts'

const CHECK =
  'Check the issuer and that it is reached from this machine; the test of the OpenID Connect settings says more.'

/** @param issuer as it is set up; what is no error of the provider is passed on as it is */
export function providerFault(thrown: unknown, issuer: string): Fault {
  const inner = causes(thrown).find((one) => one instanceof Fault)
  if (inner) {
    const isOurs = inner.code === 'OPENID_PROVIDER_WRONG' || inner.scope === 'instance'
    if (isOurs) return inner
    return inner.transient ? away(issuer, inner.message) : wrong(issuer, inner.message, CHECK)
  }
  if (thrown instanceof AuthorizationResponseError)
    return refused(`The provider did not sign you in: ${said(thrown.error)}.`, REFUSED_REMEDY[thrown.error])
  if (thrown instanceof ResponseBodyError) return tokenAnswer(thrown, issuer)
  const code = thrown instanceof ClientError ? (thrown.code ?? '') : ''
  if (code === 'OAUTH_TIMEOUT') return away(issuer, 'it does not answer for 10 s')
  const status = causes(thrown).find((one) => one instanceof Response)?.status ?? 0
  if (status >= 500 || status === 429) return away(issuer, `it answers with the status ${status}`)
  if (status > 0 && code === 'OAUTH_RESPONSE_IS_NOT_CONFORM')
    return wrong(
      issuer,
      `it answers with the status ${status}${status < 400 ? ' (redirects are not followed)' : ''}`,
      CHECK,
    )
  const known = WORDS[code]
  if (known) return known.isToken ? refused(known.says, known.remedy) : wrong(issuer, known.says, known.remedy)
  const network = causes(thrown).find(
    (one): one is NodeJS.ErrnoException =>
      one instanceof Error &&
      'code' in one &&
      /^[A-Z]/.test(String(one.code)) &&
      !/^OAUTH|^ERR_INVALID/.test(String(one.code)),
  )
  if (network) {
    const words = NETWORK.find(([test]) => test.test(String(network.code)))?.[1] ?? String(network.code)
    return away(issuer, words)
  }
  return wrong(issuer, 'what it answers cannot be understood', CHECK)
}

interface Line {
  readonly says: string
  readonly remedy: string
  /** Of the sign-in itself, and not of the provider. */
  readonly isToken?: boolean
}

const AGAIN = 'Sign in again; when it stays so, check the settings of the client at the provider.'

const WORDS: Readonly<Record<string, Line>> = {
  OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED: {
    says: 'its metadata are of another issuer than the one that is set up',
    remedy: 'Enter the issuer exactly as the provider writes it, also whether it ends with a slash.',
  },
  OAUTH_RESPONSE_IS_NOT_JSON: { says: 'it answers something else than JSON', remedy: CHECK },
  OAUTH_PARSE_ERROR: { says: 'it answers something else than JSON', remedy: CHECK },
  OAUTH_HTTP_REQUEST_FORBIDDEN: {
    says: 'its metadata name an address that is not encrypted',
    remedy: 'Have the provider name https addresses.',
  },
  OAUTH_REQUEST_PROTOCOL_FORBIDDEN: { says: 'its metadata name an address that is not https', remedy: CHECK },
  OAUTH_INVALID_SERVER_METADATA: { says: 'its metadata are not valid', remedy: CHECK },
  OAUTH_MISSING_SERVER_METADATA: { says: 'its metadata lack what a sign-in needs', remedy: CHECK },
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: {
    says: "The ID token has ended, or is of the future by this machine's clock.",
    remedy: 'Check the clocks of this machine and of the provider.',
    isToken: true,
  },
  OAUTH_JWT_CLAIM_COMPARISON_FAILED: {
    says: 'The ID token is for another client, provider or sign-in than this one.',
    remedy: AGAIN,
    isToken: true,
  },
  OAUTH_KEY_SELECTION_FAILED: {
    says: 'The ID token is signed with a key that the provider does not name.',
    remedy: AGAIN,
    isToken: true,
  },
  OAUTH_INVALID_RESPONSE: {
    says: 'The answer of the provider does not belong to this sign-in, or is not valid.',
    remedy: AGAIN,
    isToken: true,
  },
  OAUTH_UNSUPPORTED_OPERATION: {
    says: 'The provider signs or answers in a way that is not supported.',
    remedy: 'Have it sign ID tokens with RS256, PS256, ES256 or EdDSA, and answer the authorization code flow.',
    isToken: true,
  },
}

const REFUSED_REMEDY: Readonly<Record<string, string>> = {
  access_denied: 'Ask who runs the provider whether you may use this client.',
}

const NETWORK: readonly (readonly [RegExp, string])[] = [
  [/^ECONNREFUSED$/, 'nothing listens there'],
  [/^(?:ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/, 'it cannot be reached'],
  [/^(?:ECONNRESET|EPIPE|HPE_\w+)$/, 'the connection broke'],
  [/CERT|SELF_SIGNED|ISSUER|ALTNAME/, 'its certificate is not trusted by this machine'],
]

function tokenAnswer({ error, status }: ResponseBodyError, issuer: string): Fault {
  if (error === 'invalid_client' || error === 'unauthorized_client')
    return wrong(
      issuer,
      `it refuses this client (${error})`,
      'Check client id and client secret, and that the provider lets this client use the authorization code flow.',
    )
  if (error === 'invalid_grant')
    return refused('The provider does not take the code of this sign-in: it was used, or has ended.', AGAIN)
  return status >= 500 ? away(issuer, said(error)) : wrong(issuer, `it answers ${said(error)}`, CHECK)
}

/** Its own word for an error (RFC 6749 §4.1.2.1), and nothing longer. */
const said = (error: string | undefined): string => safeText((error ?? 'an error').slice(0, 60))

const nameOf = (issuer: string) => URL.parse(issuer)?.host ?? 'OpenID Connect'

const away = (issuer: string, why: string): Fault =>
  new Fault({
    code: 'OPENID_PROVIDER_AWAY',
    scope: 'endpoint',
    transient: true,
    message: `The provider ${nameOf(issuer)} cannot be asked now: ${why}`,
    remedy: 'Try again later, or sign in with user name and password.',
  })

export const wrong = (issuer: string, why: string, remedy: string): Fault =>
  new Fault({
    code: 'OPENID_PROVIDER_WRONG',
    scope: 'endpoint',
    transient: false,
    message: `The provider ${nameOf(issuer)} cannot be used: ${why}`,
    remedy,
  })

export const refused = (message: string, remedy = AGAIN): Fault =>
  new Fault({ code: 'OPENID_REFUSED', scope: 'request', transient: false, message, remedy })

/** The error, and what caused it, from the outside in; a Response is a cause, too. */
function causes(thrown: unknown): unknown[] {
  const found: unknown[] = []
  let one: unknown = thrown
  while (one !== undefined && one !== null && found.length < 8) {
    found.push(one)
    one = one instanceof Error ? one.cause : undefined
  }
  return found
}
