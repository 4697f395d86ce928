/** What a provider may answer, and nobody is let in: a scripted one, for a real one does not lie. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, suite, test } from 'node:test'
import { systemClock } from '#base/clock.ts'
import { Fault } from '#base/fault.ts'
import type { Principal, UseCases } from '#contract/calls.ts'
import { administration } from '#migration/administrator/administration.ts'
import { openIdDeps } from '#migration/openid/deps.ts'
import { type OpenIdRoutes, openIdUseCases } from '#migration/openid/openid-use-cases.ts'
import { openSecrets } from '#store/secrets.ts'
import { type LedgerWorld, ledgerWorld } from '#test/ledger-world.ts'
import { Seat, asking, hastyTester, loopbackAllowed } from './use-case-world.ts'

const PUBLIC_URL = 'http://localhost:8443'
const stranger: Principal = {
  name: 'anonymous',
  scopes: [],
  via: 'Public',
  address: '192.0.2.1',
  administratorId: null,
}
const keyPair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

suite('answers of a provider', { timeout: 60_000 }, () => {
  const own = keyPair()
  const other = keyPair()
  let world: LedgerWorld
  let server: Server
  let issuer = ''
  let useCases: Pick<UseCases, OpenIdRoutes>
  let reachedBy: (publicUrl: string | null) => Pick<UseCases, OpenIdRoutes>
  let now = Date.now()
  /** What it says instead of its metadata, and at its token endpoint. */
  let metadata: object = {}
  let tokenAnswer: { status?: number; body: object } = { body: {} }

  before(async () => {
    world = await ledgerWorld()
    server = createServer((request, response) => {
      const answer = (body: object, status = 200) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      if (request.url === '/jwks')
        return answer({ keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'own', alg: 'RS256', use: 'sig' }] })
      if (request.url === '/token') return answer(tokenAnswer.body, tokenAnswer.status)
      return answer({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        ...metadata,
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { store } = world
    const clock = { now: () => now, monotonic: systemClock.monotonic }
    const administrators = administration({ store, clock })
    const secrets = await openSecrets(store)
    reachedBy = (publicUrl) =>
      openIdUseCases({
        ...openIdDeps({ store, secrets, outgoing: loopbackAllowed, administrators, publicUrl }),
        tester: hastyTester(),
      })
    useCases = reachedBy(PUBLIC_URL)
  })
  after(async () => {
    server.close()
    server.closeAllConnections()
    await world[Symbol.asyncDispose]()
  })

  const setUp = () =>
    asking(useCases)('updateOpenIdSettings', {
      body: {
        enabled: true,
        issuer,
        clientId: 'waybill',
        clientSecret: 'hush',
        roleMapping: { ViewOnly: ['readers'] },
      },
    })
  const call = { params: {}, body: undefined, principal: stranger, signal: new AbortController().signal }
  async function begin(): Promise<{ seat: Seat; state: string; nonce: string }> {
    const seat = new Seat()
    const { to } = await useCases.beginOpenIdSignIn({ ...call, query: {}, session: new Seat(), openIdSeat: seat })
    const { searchParams } = new URL(to)
    assert.equal(searchParams.get('code_challenge_method'), 'S256')
    return { seat, state: searchParams.get('state')!, nonce: searchParams.get('nonce')! }
  }
  async function finish({ seat, state }: { seat: Seat; state: string }): Promise<Seat> {
    const session = new Seat()
    await useCases.finishOpenIdSignIn({
      ...call,
      query: { code: 'code-of-the-test', state },
      session,
      openIdSeat: seat,
    })
    return session
  }

  const seconds = () => Math.floor(Date.now() / 1000)
  const claimsFor = (nonce: string) => ({
    iss: issuer,
    sub: 'someone',
    aud: 'waybill',
    iat: seconds(),
    exp: seconds() + 300,
    nonce,
    groups: ['readers'],
  })
  function token(claims: object, key = own.privateKey, head: object = { alg: 'RS256', kid: 'own' }): string {
    const signed = `${part(head)}.${part(claims)}`
    return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`
  }
  const answers = (idToken: string | null) => {
    const rest = { access_token: 'planted-access-token', token_type: 'Bearer' }
    tokenAnswer = { body: idToken === null ? rest : { ...rest, id_token: idToken } }
  }

  test('a token as it must be lets in, also by a clock that is half a minute behind', async () => {
    await setUp()
    const begun = await begin()
    answers(token({ ...claimsFor(begun.nonce), exp: seconds() - 30 }))
    assert.match((await finish(begun)).id ?? '', /^[\w-]{43}$/)
  })

  const lies: readonly [what: string, (nonce: string) => string | null][] = [
    ['the nonce of another sign-in', () => token(claimsFor('another'))],
    ['no nonce', (nonce) => token({ ...claimsFor(nonce), nonce: undefined })],
    ['another audience', (nonce) => token({ ...claimsFor(nonce), aud: 'another' })],
    ['another issuer', (nonce) => token({ ...claimsFor(nonce), iss: 'https://id.contoso.example' })],
    ['an end two minutes ago', (nonce) => token({ ...claimsFor(nonce), exp: seconds() - 120 })],
    ['the signature of another key', (nonce) => token(claimsFor(nonce), other.privateKey)],
    ['no signature', (nonce) => `${part({ alg: 'none' })}.${part(claimsFor(nonce))}.`],
    ['a signature of HMAC', (nonce) => token(claimsFor(nonce), own.privateKey, { alg: 'HS256' })],
    [
      'other claims than were signed',
      (nonce) => token(claimsFor(nonce)).replace(/\.[^.]+\./, `.${part({ ...claimsFor(nonce), sub: 'root' })}.`),
    ],
    ['no ID token at all', () => null],
  ]
  for (const [what, lie] of lies) {
    test(`an ID token with ${what} lets nobody in, and stands in no sentence`, async () => {
      await setUp()
      const begun = await begin()
      answers(lie(begun.nonce))
      await assert.rejects(finish(begun), (thrown) => {
        assert.ok(thrown instanceof Fault)
        assert.equal(thrown.code, 'OPENID_REFUSED', thrown.message)
        const words = JSON.stringify([thrown.message, thrown.remedy, thrown.facts, String(thrown.cause)])
        assert.doesNotMatch(words, /eyJ|planted|code-of-the-test|hush/)
        return true
      })
    })
  }

  test('a code that the provider does not take, and a client that it does not know, are told apart', async () => {
    await setUp()
    tokenAnswer = { status: 400, body: { error: 'invalid_grant', error_description: 'hush' } }
    await assert.rejects(finish(await begin()), { code: 'OPENID_REFUSED', message: /was used, or has ended/ })
    tokenAnswer = { status: 401, body: { error: 'invalid_client' } }
    await assert.rejects(finish(await begin()), { code: 'OPENID_PROVIDER_WRONG', message: /refuses this client/ })
    tokenAnswer = { status: 500, body: {} }
    await assert.rejects(finish(await begin()), { code: 'OPENID_PROVIDER_AWAY', message: /status 500/ })
  })

  const metadataOf: readonly [what: string, () => object, RegExp][] = [
    ['of another issuer', () => ({ issuer: 'https://id.contoso.example' }), /another issuer/],
    [
      'with a token endpoint of the cloud',
      () => ({ token_endpoint: 'http://169.254.169.254/token' }),
      /does not connect/,
    ],
    [
      'with a token endpoint that is not encrypted',
      () => ({ token_endpoint: 'http://192.0.2.1/token' }),
      /nothing is encrypted/,
    ],
  ]
  for (const [what, made, says] of metadataOf) {
    test(`a provider ${what} is not used`, async () => {
      metadata = made()
      try {
        await setUp()
        const { result, message } = await asking(useCases)('testOpenIdSettings')
        assert.equal(result, 'Failed')
        assert.match(message, says)
      } finally {
        metadata = {}
      }
    })
  }

  test('a sign-in waits ten minutes, and a network has fifty of them at most', async () => {
    await setUp()
    const begun = await begin()
    answers(token(claimsFor(begun.nonce)))
    now += 600_001
    await assert.rejects(finish(begun), { code: 'OPENID_SIGN_IN_LOST', message: /ten minutes ago/ })
    for (let n = 0; n < 60; n++) await begin()
    const { rows } = await world.store.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM openid_pending')
    assert.deepEqual(rows, [{ n: 50 }])
  })

  test('without a public URL, or with one that is not encrypted, it cannot be enabled, and nobody is sent anywhere', async () => {
    await setUp()
    for (const [publicUrl, why] of [
      [null, /no public URL/],
      ['http://waybill.contoso.example', /not https/],
    ] as const) {
      const enabling = asking(reachedBy(publicUrl))('updateOpenIdSettings', { body: { enabled: true } })
      await assert.rejects(enabling, { code: 'VALUE_INVALID', message: why })
    }
    const begun = reachedBy(null).beginOpenIdSignIn({ ...call, query: {}, session: new Seat() })
    await assert.rejects(begun, { code: 'OPENID_NOT_SET_UP' })
  })

  test('the provider is tested ten times a minute at most, for each test knocks at a door', async () => {
    await setUp()
    const impatient = reachedBy(PUBLIC_URL)
    for (let n = 0; n < 10; n++) await asking(impatient)('testOpenIdSettings')
    await assert.rejects(asking(impatient)('testOpenIdSettings'), { code: 'TOO_MANY_REQUESTS' })
  })

  test('a secret is not sent to an issuer that was written into the database beside it', async () => {
    await setUp()
    await world.store.pool.query(`UPDATE openid_setting SET issuer = $1, sealed_for = $1 || ' waybill'`, [`${issuer}/`])
    const { result, message } = await asking(useCases)('testOpenIdSettings')
    assert.equal(result, 'Failed')
    assert.match(message, /cannot be opened/)
  })
})
