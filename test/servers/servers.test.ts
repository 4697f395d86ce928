import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect as connectTls } from 'node:tls'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fill } from '#test/worlds/fill.ts'
import { everydayMessages, folder } from '#test/worlds/messages.ts'
import { PlainImap } from '#test/worlds/plain-imap.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import { courierMissing, startCourier } from './courier.ts'
import { cyrusMissing, startCyrus } from './cyrus.ts'
import { dovecotMissing, startDovecot } from './dovecot.ts'
import { postgresMissing, startPostgres } from './postgres.ts'

const users = { 'terrya@contoso.example': 'a"b:c d', annb: 'pass' }
const imapServers = [
  { name: 'Dovecot', skip: dovecotMissing(), start: (t: TestContext) => startDovecot({ t, users }) },
  { name: 'Cyrus', skip: cyrusMissing(), start: (t: TestContext) => startCyrus({ t, users }) },
  { name: 'Courier', skip: courierMissing(), start: (t: TestContext) => startCourier({ t, users }) },
]

for (const { name, skip, start } of imapServers) {
  test(`${name} stores a message and gives it back, also after kill -9 of all its processes`, { skip }, async (t) => {
    await using server = await start(t)
    const one = everydayMessages(7, 1, 2_000)
    for (const [user, password] of Object.entries(users)) {
      const login = { host: server.host, port: server.port, user, password }
      await fill(login, [folder('INBOX', one), folder(['a', 'Entwürfe'], one)])
      const before = await snapshot(login)
      assert.equal(before.folders.get('INBOX')?.length, 1)
      assert.deepEqual(before.folders.get('a/Entwürfe')?.[0]?.flags, one[0]!.flags.toSorted())
      assert.equal(before.folders.get('INBOX')?.[0]?.internalDate, one[0]!.internalDate)
      await assert.rejects(PlainImap.login({ ...login, password: 'wrong' }), /NO/)
    }
    const login = { host: server.host, port: server.port, user: 'annb', password: 'pass' }
    await using held = await PlainImap.login(login)
    await held.must('SELECT INBOX')
    const pids = server.pids()
    assert.ok(pids.length >= 2)
    await server.kill()
    assert.deepEqual(server.pids(), [])
    assert.deepEqual(
      pids.filter((pid) => existsSync(`/proc/${pid}/exe`)),
      [],
    )
    await server.restart()
    assert.equal((await snapshot(login)).folders.get('INBOX')?.length, 1)
  })
}

const skip = dovecotMissing()

test('Dovecot speaks TLS with a certificate that can be trusted', { skip }, async (t) => {
  await using server = await startDovecot({ t })
  const socket = connectTls({ host: server.host, port: server.tlsPort, ca: server.certificate })
  await once(socket, 'secureConnect')
  assert.equal(socket.authorized, true)
  socket.destroy()
})

test('Dovecot hides capabilities, knows masters, formats and quotas', { skip }, async (t) => {
  await using server = await startDovecot({
    t,
    users: {
      a: { password: 'x', format: 'sdbox' },
      b: { password: 'x', format: 'mdbox' },
      c: { password: 'x', quotaKb: 10 },
    },
    masters: { admin: 'secret' },
    hide: ['UIDPLUS', 'SPECIAL-USE'],
  })
  const at = { host: server.host, port: server.port, password: 'secret' }
  for (const user of ['a*admin', 'b*admin']) {
    await fill({ ...at, user }, [folder('INBOX', everydayMessages(1, 3))])
    await using client = await PlainImap.login({ ...at, user })
    const told = (await client.must('CAPABILITY')).answers[0]!.text
    assert.doesNotMatch(told, /UIDPLUS|SPECIAL-USE/)
    assert.match(told, /MULTIAPPEND/)
  }
  await assert.rejects(fill({ ...at, user: 'c*admin' }, [folder('INBOX', everydayMessages(1, 3, 9_000))]), /OVERQUOTA/)
})

test('an instance whose test process is killed does not outlive it', { skip }, async () => {
  const source = `import { startDovecot } from '#test/servers/dovecot.ts'
    const server = await startDovecot()
    console.log(JSON.stringify({ pids: server.pids(), folder: server.folder }))
    await new Promise((resolve) => setTimeout(resolve, 60_000))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] })
  const line = await new Promise<Buffer>((resolve) => child.stdout.once('data', resolve))
  const { pids, folder: place }: { pids: number[]; folder: string } = JSON.parse(line.toString())
  assert.ok(pids.length > 1)
  child.kill('SIGKILL')
  const alive = () => existsSync(place) || pids.some((pid) => existsSync(`/proc/${pid}/exe`))
  for (const end = Date.now() + 10_000; alive() && Date.now() < end;) await delay(20)
  assert.equal(alive(), false)
})

test('PostgreSQL keeps a committed row through kill -9', { skip: postgresMissing() }, async (t) => {
  const { Client } = await import('pg')
  await using server = await startPostgres({ t })
  const query = async (sql: string) => {
    const client = new Client({ connectionString: server.url })
    client.on('error', () => {})
    await client.connect()
    try {
      return (await client.query(sql)).rows
    } finally {
      await client.end()
    }
  }
  await query('CREATE TABLE kept AS SELECT 42 AS answer')
  await server.kill()
  assert.deepEqual(server.pids(), [])
  await server.restart()
  assert.deepEqual(await query('SELECT answer FROM kept'), [{ answer: 42 }])
})
