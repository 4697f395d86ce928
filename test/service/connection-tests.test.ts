/** What a connection test promises (architecture.md §6.4): bounded, never an echo, clear about what failed. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import { connectionTester } from '#migration/endpoint/connection-tester.ts'
import { endpointUseCases } from '#migration/endpoint/endpoint-use-cases.ts'
import { scripted } from '#test/imap-scripted.ts'
import { type LedgerWorld, ledgerWorld } from '#test/ledger-world.ts'
import { asking, hastyTester } from './use-case-world.ts'

suite('connection tests', { timeout: 60_000 }, () => {
  let world: LedgerWorld
  before(async () => {
    world = await ledgerWorld()
  })
  after(async () => {
    await world[Symbol.asyncDispose]()
  })

  const service = (tester = hastyTester()) => asking(endpointUseCases({ store: world.store, tester }))
  const stored = async () => (await service()('listEndpoints')).items.map(({ identity }) => identity)
  const fresh = () => `e-${randomUUID().slice(0, 8)}`

  test('a server that never greets ends the test when its time is up, and nothing is stored', async () => {
    await using server = await scripted(async (script) => {
      await script.gone()
      script.socket.end()
    })
    for (const [security, during] of [
      ['None', /waited for the greeting/],
      ['Ssl', /TLS was set up/],
      ['Tls', /waited for the greeting/],
    ] as const) {
      const name = fresh()
      const started = performance.now()
      await assert.rejects(
        service(hastyTester(200))('createEndpoint', {
          body: { name, remoteServer: '127.0.0.1', port: server.port, security },
        }),
        { code: 'MIGRATION_SERVER_CONNECTION_FAILED', message: during },
        security,
      )
      assert.ok(performance.now() - started < 3_000)
      assert.ok(!(await stored()).includes(name))
    }
  })

  test('the time is for all steps together, however slowly each one moves', async () => {
    await using server = await scripted(async (script) => {
      script.say('* OK hello\r\n')
      const asked = await script.command()
      // Bytes that come are no progress.
      const drip = setInterval(() => script.say('* OK wait\r\n'), 20)
      await script.gone()
      clearInterval(drip)
      assert.equal(asked?.text, 'CAPABILITY')
      script.socket.end()
    })
    await assert.rejects(
      service(hastyTester(300))('createEndpoint', {
        body: { name: fresh(), remoteServer: '127.0.0.1', port: server.port, security: 'None' },
      }),
      { code: 'MIGRATION_SERVER_CONNECTION_FAILED', message: /no answer for 0\.3 s/ },
    )
  })

  test('what answers and is no IMAP server is named as such and never echoed', async () => {
    for (const words of [
      'SSH-2.0-OpenSSH_secret-banner\r\n',
      'HTTP/1.1 200 OK\r\n\r\n{"secret-banner":1}',
      '* OK secret-banner\r\n',
      '\0\0secret-banner',
    ]) {
      await using server = await scripted(async (script) => {
        script.say(words)
        const asked = await script.command()
        if (asked) script.say(`secret-banner\r\n${asked.tag} OK secret-banner\r\n`)
        await script.gone()
        script.socket.end()
      })
      const answer = await service()('testConnection', {
        body: { remoteServer: '127.0.0.1', port: server.port, security: 'None' },
      })
      assert.equal(answer.result, 'Failed')
      assert.match(answer.message, /is not an IMAP server/)
      assert.ok(!JSON.stringify(answer).includes('banner'), words)
      assert.notEqual(answer.errorDetail, '')
    }
  })

  test('STARTTLS that is missing, or into which somebody speaks, is a failed connection', async () => {
    for (const [offers, injected, says] of [
      ['IMAP4rev1', '', /does not offer STARTTLS/],
      ['IMAP4rev1 STARTTLS', '* CAPABILITY IMAP4rev1\r\n', /before TLS was set up/],
    ] as const) {
      await using server = await scripted(async (script) => {
        script.say('* OK hello\r\n')
        const asked = await script.command()
        if (asked) script.say(`* CAPABILITY ${offers}\r\n${asked.tag} OK\r\n`)
        const next = await script.command()
        if (next) script.say(`${next.tag} OK go\r\n${injected}`)
        await script.gone()
        script.socket.end()
      })
      const body = { remoteServer: '127.0.0.1', port: server.port, security: 'Tls' } as const
      const answer = await service()('testConnection', { body })
      assert.equal(answer.result, 'Failed')
      assert.match(answer.message, says)
    }
  })

  test('a server that keeps everybody out without TLS does not pass the test without TLS', async () => {
    await using server = await scripted(async (script) => {
      script.say('* OK hello\r\n')
      const asked = await script.command()
      if (asked) script.say(`* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n${asked.tag} OK\r\n`)
      await script.gone()
      script.socket.end()
    })
    const body = { remoteServer: '127.0.0.1', port: server.port, security: 'None' } as const
    const answer = await service()('testConnection', { body })
    assert.deepEqual([answer.result, /log-in is disabled without TLS/.test(answer.message)], ['Failed', true])
  })

  test('metadata and loopback addresses cannot be tested, and the refusal names why', async () => {
    const strict = connectionTester({ outgoing: { allowLoopback: false } })
    for (const [remoteServer, says] of [
      ['169.254.169.254', /a metadata address/],
      ['::ffff:169.254.169.254', /a metadata address/],
      ['127.0.0.1', /loopback/],
      ['localhost', /loopback/],
    ] as const) {
      const body = { name: fresh(), remoteServer }
      await assert.rejects(service(strict)('createEndpoint', { body }), {
        code: 'MIGRATION_SERVER_CONNECTION_FAILED',
        message: says,
      })
      const answer = await service(strict)('testConnection', { body: { remoteServer } })
      assert.equal(answer.result, 'Failed')
    }
  })

  test('ten tests a minute for each principal, whichever way they are asked for', async () => {
    let now = 0
    const tester = connectionTester({ outgoing: { allowLoopback: false }, clock: { monotonic: () => now } })
    const ask = service(tester)
    const mallory = {
      name: 'mallory',
      scopes: ['migration'],
      via: 'Token',
      address: null,
      administratorId: null,
    } as const
    const body = { remoteServer: '127.0.0.1' }
    for (let n = 0; n < 9; n++) await ask('testConnection', { body }, mallory)
    await assert.rejects(ask('createEndpoint', { body: { ...body, name: fresh() } }, mallory), {
      code: 'MIGRATION_SERVER_CONNECTION_FAILED',
    })
    now = 20_000
    const tooMany = { code: 'TOO_MANY_REQUESTS', transient: true, waitMs: 40_000 }
    await assert.rejects(ask('testConnection', { body }, mallory), tooMany)
    await assert.rejects(ask('createEndpoint', { body: { ...body, name: fresh() } }, mallory), tooMany)
    await ask('testConnection', { body }, { ...mallory, name: 'alice' })
    now = 60_001
    await ask('testConnection', { body }, mallory)
  })
})
