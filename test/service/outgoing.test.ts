/** architecture.md §6.4: whoever may name a mail server must not reach what only this machine can reach. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { createServer, getCACertificates, setDefaultCACertificates } from 'node:tls'
import { silentLog } from '#base/log.ts'
import { type OutgoingRules, probeServer } from '#mailbox/imap/reach.ts'
import { openImapSource } from '#mailbox/imap/source.ts'
import { scripted } from '#test/imap-scripted.ts'
import { selfSigned } from '#test/servers/certificate.ts'

const probe = (host: string, port: number, outgoing: OutgoingRules, security: 'none' | 'ssl' = 'none') =>
  probeServer({
    host,
    port,
    security,
    acceptUntrusted: false,
    outgoing,
    deadlineMs: 5_000,
    signal: new AbortController().signal,
  })

const leadsTo = (...addresses: string[]): OutgoingRules => ({ allowLoopback: true, resolve: async () => addresses })

const imap = () =>
  scripted(async (script) => {
    script.say('* OK hello\r\n')
    const asked = await script.command()
    if (asked) script.say(`* CAPABILITY IMAP4rev1\r\n${asked.tag} OK done\r\n`)
    await script.gone()
    script.socket.end()
  })

const FORBIDDEN = [
  '169.254.169.254',
  '169.254.1.1',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '::169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  '2002:a9fe:a9fe::1',
  'fd00:ec2::254',
  'FD00:0EC2:0:0:0:0:0:0254',
  '100.100.100.200',
  '168.63.129.16',
  'fe80::1',
  'febf::1',
  '0.0.0.0',
  '0.1.2.3',
  '::',
  '::ffff:0.0.0.0',
  '224.0.0.1',
  '239.255.255.255',
  'ff02::1',
  '255.255.255.255',
  '240.0.0.1',
]

test('link-local, metadata, unspecified, multicast and reserved addresses are refused in every spelling', async () => {
  for (const address of FORBIDDEN) {
    for (const [host, rules] of [
      [address.toLowerCase(), { allowLoopback: true }],
      ['mail.example', leadsTo(address)],
    ] as const) {
      await assert.rejects(
        probe(host, 9, rules),
        { code: 'ADDRESS_REFUSED', scope: 'endpoint', transient: false },
        host,
      )
    }
  }
})

test('one forbidden address among good ones is enough', async () => {
  await using server = await imap()
  await assert.rejects(probe('mail.example', server.port, leadsTo('127.0.0.1', '169.254.169.254')), {
    code: 'ADDRESS_REFUSED',
    message: /mail\.example is 169\.254\.169\.254, a metadata address/,
  })
  assert.equal(server.scripts.length, 0)
})

test('loopback is refused in every spelling unless the server allows it, and then nothing is connected', async () => {
  await using server = await imap()
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1']) {
    const rules = { ...leadsTo(address), allowLoopback: false }
    await assert.rejects(
      probe('mail.example', server.port, rules),
      { code: 'ADDRESS_REFUSED', message: /loopback/ },
      address,
    )
  }
  assert.equal(server.scripts.length, 0)
  assert.ok((await probe('mail.example', server.port, leadsTo('127.0.0.1'))).has('IMAP4REV1'))
})

test('Waybill does not connect to itself, on whatever address it listens', async () => {
  await using server = await imap()
  for (const address of ['127.0.0.1', '::ffff:127.0.0.1', '0.0.0.0', '::']) {
    const rules = { ...leadsTo('127.0.0.1'), ownListeners: () => [{ address, port: server.port }] }
    await assert.rejects(
      probe('mail.example', server.port, rules),
      { code: 'ADDRESS_REFUSED', message: /Waybill itself listens/ },
      address,
    )
    const other = { ...leadsTo('127.0.0.1'), ownListeners: () => [{ address, port: server.port + 1 }] }
    assert.ok((await probe('mail.example', server.port, other)).size > 0)
  }
})

test('a name server that answers otherwise the second time changes nothing: it is asked once, the answer connected', async () => {
  await using server = await imap()
  let asked = 0
  const resolve = async () => (asked++ === 0 ? ['127.0.0.1'] : ['169.254.169.254'])
  // No system look-up knows the name: only the checked address can have led to the server.
  assert.ok((await probe('rebinding.invalid', server.port, { allowLoopback: true, resolve })).size > 0)
  assert.equal(asked, 1)
  assert.equal(server.scripts.length, 1)
})

test('checked addresses are tried in order until one takes the connection', async () => {
  await using server = await imap()
  assert.ok((await probe('mail.example', server.port, leadsTo('127.0.0.2', '127.0.0.1'))).size > 0)
  await assert.rejects(probe('mail.example', server.port, leadsTo('127.0.0.2', '127.0.0.3')), {
    code: 'CONNECT_REFUSED',
  })
})

test('a server that took the connection and failed is not asked again on another address', async () => {
  await using server = await scripted(async (script) => {
    script.say('nonsense\r\n')
    await script.gone()
    script.socket.end()
  })
  await assert.rejects(probe('mail.example', server.port, leadsTo('127.0.0.1', '127.0.0.1')), { code: 'NOT_IMAP' })
  assert.equal(server.scripts.length, 1)
})

test('the certificate must be for the name, not for the address; the name goes along as SNI', async () => {
  const { cert, key } = selfSigned(['mail.example'])
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, cert])
  const names: string[] = []
  const server = createServer({ cert, key }, (socket) => {
    names.push(String(socket.servername))
    socket.on('error', () => undefined)
    socket.write('* OK hello\r\n')
    socket.on('data', (bytes) => {
      const tag = bytes.toString().split(' ')[0]
      socket.write(`* CAPABILITY IMAP4rev1\r\n${tag} OK done\r\n`)
    })
  })
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  try {
    assert.ok((await probe('mail.example', port, leadsTo('127.0.0.1'), 'ssl')).has('IMAP4REV1'))
    assert.deepEqual(names, ['mail.example'])
    await assert.rejects(probe('other.example', port, leadsTo('127.0.0.1'), 'ssl'), {
      code: 'CERTIFICATE_REFUSED',
      message: /for another name/,
    })
  } finally {
    setDefaultCACertificates(before)
    server.close()
  }
})

test('a pass keeps to the same rules as a test of the connection', async () => {
  await using server = await scripted(async (script) => {
    await script.login('')
    await script.gone()
    script.socket.end()
  })
  const options = {
    host: 'mail.example',
    port: server.port,
    security: 'none',
    username: 'user',
    password: 'pass',
    log: silentLog,
  } as const
  await assert.rejects(openImapSource({ ...options, outgoing: leadsTo('169.254.169.254') }), {
    code: 'ADDRESS_REFUSED',
  })
  await assert.rejects(openImapSource({ ...options, outgoing: { ...leadsTo('127.0.0.1'), allowLoopback: false } }), {
    code: 'ADDRESS_REFUSED',
  })
  // Clear text: what the checked addresses say counts, not another look-up.
  await assert.rejects(openImapSource({ ...options, outgoing: leadsTo('192.0.2.1') }), { code: 'CLEAR_TEXT_REFUSED' })
  assert.equal(server.scripts.length, 0)
  await using _source = await openImapSource({ ...options, outgoing: leadsTo('127.0.0.1') })
  assert.equal(server.scripts.length, 1)
})

test('a name that leads nowhere, or whose look-up fails, is told as such', async () => {
  await assert.rejects(probe('mail.example', 143, leadsTo()), { code: 'HOST_NOT_FOUND' })
  const resolve = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }))
  await assert.rejects(probe('mail.example', 143, { allowLoopback: false, resolve }), { code: 'HOST_NOT_FOUND' })
  const never = () => new Promise<string[]>(() => undefined)
  await assert.rejects(
    probeServer({
      host: 'mail.example',
      port: 143,
      security: 'none',
      acceptUntrusted: false,
      outgoing: { allowLoopback: true, resolve: never },
      deadlineMs: 50,
      signal: new AbortController().signal,
    }),
    { code: 'NET_TIMEOUT', message: /its name was looked up/ },
  )
})
