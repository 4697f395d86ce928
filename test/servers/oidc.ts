/** A real provider of OpenID Connect (oidc-provider) on loopback: whoever `who` names is signed in without being asked. */
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'

export interface OidcServer extends AsyncDisposable {
  /** `http://127.0.0.1:…`: another site than localhost. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Claims by subject; may be changed. */
  readonly people: Map<string, Record<string, unknown>>
  /** The subject who sits at the browser; null: says no. */
  who: string | null
  /** Stops and starts listening. */
  goAway(): Promise<void>
  comeBack(): Promise<void>
}

export interface OidcOptions {
  /** Of the service, without a slash at the end. */
  readonly publicUrl: string
  readonly people: Readonly<Record<string, Record<string, unknown>>>
}

export async function startOidc({ publicUrl, people: given }: OidcOptions): Promise<OidcServer> {
  const clientId = 'waybill'
  const clientSecret = 'planted client secret 0123456789'
  const people = new Map(Object.entries(given))
  let handle: (...args: Parameters<ReturnType<Provider['callback']>>) => void = () => {}
  const server = createServer((request, response) => handle(request, response))
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen(0)
  const { port } = server.address() as AddressInfo
  const issuer = `http://127.0.0.1:${port}`
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [`${publicUrl}/api/v1/session/openid/callback`],
        post_logout_redirect_uris: [`${publicUrl}/`],
      },
    ],
    scopes: ['openid', 'profile', 'email', 'groups'],
    claims: {
      openid: ['sub'],
      profile: ['name', 'preferred_username'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId, ...people.get(accountId) }) }),
    conformIdTokenClaims: false,
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ['key of the test'] },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'one' }] },
  })
  const routes = provider.callback()
  const oidc: OidcServer = {
    issuer,
    clientId,
    clientSecret,
    people,
    who: null,
    async goAway() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
    comeBack: () => listen(port),
    async [Symbol.asyncDispose]() {
      if (server.listening) await this.goAway()
    },
  }
  handle = (request, response) => {
    if (!request.url?.startsWith('/interaction/')) {
      void routes(request, response)
      return
    }
    const answer = async () => {
      const { prompt, params } = await provider.interactionDetails(request, response)
      if (oidc.who === null) return { error: 'access_denied', error_description: 'said no' }
      if (prompt.name === 'login') return { login: { accountId: oidc.who } }
      const grant = new provider.Grant({ accountId: oidc.who, clientId: String(params['client_id']) })
      grant.addOIDCScope('openid profile email groups')
      return { consent: { grantId: await grant.save() } }
    }
    void answer()
      .then((result) => provider.interactionFinished(request, response, result))
      .catch((thrown: unknown) => {
        response.statusCode = 500
        response.end(String(thrown))
      })
  }
  return oidc
}
