/**
 * The gate of secrets, on the running service: one is planted wherever the service takes one, everything is made to speak
 * that can (answers, events, audit log, reports, mails, hook, logs, tables, backup, a worker that is killed at work), and
 * none is found anywhere.
 */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { silentLog } from '#base/log.ts'
import { ROUTES } from '#contract/routes/all.ts'
import type { Route } from '#contract/routes/route.ts'
import { openStore } from '#store/open.ts'
import { type Ended, temporaryFolder, waybill } from '#test/migrate/run-waybill.ts'
import { settled } from '#test/notification/mail-world.ts'
import { Findings } from '#test/planted.ts'
import { removeFolder } from '#test/remove-folder.ts'
import { MAIL_DOMAIN, type SmtpServer, chasquidMissing, startChasquid } from '#test/servers/chasquid.ts'
import { type DovecotServer, dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { freePorts } from '#test/servers/instance.ts'
import { fill } from '#test/worlds/fill.ts'
import { Browser } from './browser.ts'
import { Served, environment, everydayMailbox } from './world.ts'

const PLANTED: Record<string, string> = {
  source: 'Planted-Source-4f1c!',
  wrongSource: 'Planted-WrongSource-d03e$',
  target: 'Planted-Target-9b27?',
  wrongTarget: 'Planted-WrongTarget-77aa',
  badRow: 'Planted-BadRow-51c8',
  unevenRow: 'Planted-Uneven-e2f4',
  admin: 'Planted-Admin-0c9d',
  wrongAdmin: 'Planted-WrongAdmin-5d1e',
  wrongSmtp: 'Planted-Smtp-81b6',
  hook: `whsec_${Buffer.from('Planted-Hook-Secret-of-24-bytes!').toString('base64')}`,
  openId: 'Planted-OpenId-3ac2',
  administrator: 'Planted-Administrator-66e0',
  changed: 'Planted-Changed-a2d7',
  wrongSignIn: 'Planted-WrongSignIn-90fe',
  wrongFirst: 'Planted-WrongFirst-2b2b',
  wrongToken: `wb_${'Planted-WrongToken-'.padEnd(43, 'x')}`,
}

const HEADER = 'EmailAddress,UserName,Password,TargetUserName,TargetPassword'
const skip = dovecotMissing() || chasquidMissing()

describe('secrets', { skip }, () => {
  const stack = new AsyncDisposableStack()
  const folder = temporaryFolder('secrets-service')
  const dataFolder = join(folder, 'data')
  const found = new Findings()
  const hookBodies: string[] = []
  let mailServer: DovecotServer
  let smtp: SmtpServer
  let served: Served
  let port = 0
  let browser: Browser

  const said = async (what: string, ended: Promise<Ended>) => {
    const { code, stdout, stderr } = await ended
    found.add(what, stdout + stderr)
    return { code, stdout, stderr }
  }
  const command = (...args: string[]) => said(args.join(' '), waybill(args, environment({ dataFolder })))
  let asked = 0
  /** Over the socket; the answer is kept for the search. */
  const ask = async (method: string, path: string, body?: unknown, type?: string) => {
    const answer = await served.ask<Record<string, unknown>>(method, path, body, type)
    found.add(`answer ${++asked} to ${method} ${path}`, JSON.stringify(answer.body))
    return answer
  }
  const over = async (method: string, path: string, body?: unknown, headers?: Record<string, string>) => {
    const { status, body: answer } = await browser.ask<Record<string, unknown>>(method, path, body, headers)
    found.add(`answer ${++asked} to ${method} ${path} over TCP`, JSON.stringify(answer))
    return { status, body: answer }
  }

  before(async () => {
    stack.defer(() => removeFolder(folder))
    mailServer = stack.use(
      await startDovecot({
        users: { alice: PLANTED['source']!, bob: PLANTED['source']!, alice2: PLANTED['target']!, bob2: 'x' },
        masters: { migrator: PLANTED['admin']! },
      }),
    )
    for (const user of ['alice', 'bob']) {
      await fill(
        { host: '127.0.0.1', port: mailServer.port, user, password: PLANTED['source']! },
        everydayMailbox(7, 40),
      )
    }
    smtp = stack.use(await startChasquid(['boss']))
    PLANTED['smtp'] = smtp.password
    process.env['NODE_EXTRA_CA_CERTS'] = smtp.certificateFile
    stack.defer(() => void delete process.env['NODE_EXTRA_CA_CERTS'])
    port = (await freePorts(1))[0]!
    served = stack.use(
      await Served.start({
        dataFolder,
        port,
        tuning: { groupMessages: 2, reportAgainMs: 200, reportPollMs: 200 },
      }),
    )
    browser = new Browser(port)
  })
  after(() => stack.disposeAsync())

  test('people sign in with the first password, with wrong ones and with new ones', async () => {
    const first = readFileSync(join(dataFolder, 'first-password'), 'utf8').trim()
    PLANTED['first'] = first
    const make = (firstPassword: string) =>
      over('POST', '/first-administrator', { firstPassword, userName: 'chief', password: PLANTED['administrator'] })
    assert.equal((await make(PLANTED['wrongFirst']!)).status, 401)
    assert.equal((await make(first)).status, 201)
    assert.equal((await make(first)).status >= 400, true)
    assert.equal((await over('POST', '/session', { userName: 'chief', password: PLANTED['wrongSignIn'] })).status, 401)
    const change = { currentPassword: PLANTED['administrator'], newPassword: PLANTED['changed'] }
    assert.ok((await over('POST', '/session/password', change)).status < 300)
    assert.equal((await over('POST', '/session', { userName: 'chief', password: PLANTED['changed'] })).status, 201)
    PLANTED['session'] = browser.cookie!.split('=')[1]!
    const wrong = await over('GET', '/batches', undefined, { authorization: `Bearer ${PLANTED['wrongToken']}` })
    assert.equal(wrong.status, 401)
  })

  test('tokens, a database, mail, hook and provider take theirs', async () => {
    const token = await served.must<{ token: string }>('POST', '/tokens', {
      name: 'robot',
      scopes: ['organization'],
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    })
    PLANTED['token'] = token.token
    const robot = { authorization: `Bearer ${token.token}` }
    assert.equal((await over('GET', '/tokens', undefined, robot)).status, 200)

    await served.newEndpoint('Source', mailServer)
    const database = {
      kind: 'Imap',
      server: '127.0.0.1',
      port: mailServer.port,
      security: 'None',
      loginTemplate: '{user}*{admin}',
      adminUserName: 'migrator',
    }
    await ask('POST', '/databases', { ...database, name: 'New', adminPassword: PLANTED['admin'] })
    await ask('POST', '/databases', {
      ...database,
      name: 'Wrong',
      adminPassword: PLANTED['wrongAdmin'],
      skipVerification: true,
    })
    await ask('POST', '/databases/Wrong/test', { testMailbox: 'alice2@x.example' })
    await ask('POST', '/databases', { name: 'x', kind: 'Imap', adminPassword: [PLANTED['wrongAdmin']] })
    await ask('POST', '/databases', { ...database, name: 'Own', loginTemplate: null, adminUserName: null })

    const hook: Server = createServer((request, response) => {
      let text = JSON.stringify(request.headers)
      request.setEncoding('utf8').on('data', (piece: string) => (text += piece))
      request.on('end', () => {
        hookBodies.push(text)
        response.end()
      })
    })
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
    stack.defer(() => void hook.close())
    const settings = {
      smtpServer: 'localhost',
      port: smtp.port,
      security: 'Tls',
      userName: smtp.userName,
      from: smtp.userName,
      hookUrl: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook`,
      hookSecret: PLANTED['hook'],
    }
    assert.equal(
      (await ask('PATCH', '/notification-settings', { ...settings, password: PLANTED['wrongSmtp'] })).status,
      200,
    )
    await ask('POST', '/notification-settings/test', { recipient: `boss@${MAIL_DOMAIN}` })
    await ask('PATCH', '/notification-settings', { password: smtp.password })
    await ask('PATCH', '/notification-settings', { password: 17, smtpServer: PLANTED['wrongSmtp'] })
    const provider = { issuer: 'http://127.0.0.1:9', clientId: 'waybill', clientSecret: PLANTED['openId'] }
    await ask('PATCH', '/openid-settings', provider)
    await ask('POST', '/openid-settings/test', {})
  })

  test('batches take theirs, good, wrong, in bad rows and in files that are refused', async () => {
    const rows = [
      ['alice@x.example', 'alice', PLANTED['source'], 'alice2', PLANTED['target']],
      ['carol@x.example', 'carol', PLANTED['wrongSource'], 'alice2', PLANTED['target']],
      ['dora@x.example', 'bob', PLANTED['source'], 'bob', PLANTED['wrongTarget']],
      ['no address', 'bob', PLANTED['badRow'], 'bob', PLANTED['badRow']],
    ]
    const csv = [HEADER, ...rows.map((row) => row.join(',')), ''].join('\r\n')
    const notificationEmails = [`boss@${MAIL_DOMAIN}`]
    const upload = await served.upload(csv)
    await ask('POST', '/csv-files', `${HEADER}\r\ne@x.example,e,${PLANTED['unevenRow']},"e\r\n`, 'text/csv')
    await ask('POST', '/csv-files', `${HEADER.replace('UserName', PLANTED['badRow']!)}\r\n`, 'text/csv')
    const batch = { name: 'B1', sourceEndpoint: 'Source', csvFile: upload, targetDatabases: ['Own'], autoStart: true }
    assert.equal((await ask('POST', '/batches', { ...batch, notificationEmails })).status, 201)
    await served.reaches('B1', 'SyncedWithErrors')
    const admins = await served.upload(
      `EmailAddress,UserName,Password\r\nbob2@x.example,bob,${PLANTED['source']}\r\nbob3@x.example,bob,x\r\n`,
    )
    await ask('POST', '/batches', { name: 'B2', sourceEndpoint: 'Source', csvFile: admins, targetDatabases: ['Wrong'] })
    await ask('POST', '/batches/B2/start')
    const reports = await settled(served, 'B1')
    assert.ok(
      reports.some(({ channel, status }) => channel === 'Mail' && status === 'Sent'),
      JSON.stringify(reports),
    )
    assert.ok(smtp.mails().length > 0 && hookBodies.length > 0)
  })

  test('nothing that can be read, that was said, or that lies anywhere holds one', async () => {
    const users = (await served.users('B1')).map(({ identity }) => encodeURIComponent(identity))
    const params = ['B1', 'Source', 'New', 'chief', ...users]
    for (const route of Object.values<Route>(ROUTES)) {
      if (route.method !== 'GET' || route.answerType === 'events') continue
      const paths = route.path.includes(':') ? params.map((one) => route.path.replace(/:\w+/g, one)) : [route.path]
      for (const path of paths) await ask('GET', `${path}${path.endsWith('statistics') ? '?includeReport=true' : ''}`)
    }
    const { items } = await served.must<{ items: { identity: string }[] }>('GET', '/reports')
    assert.ok(items.some(({ identity }) => identity.endsWith('errors')))
    for (const { identity } of items) await ask('GET', `/reports/${identity}`)
    for (const line of [
      ['Get-MigrationUserStatistics', 'carol@x.example', '-IncludeReport', '-IncludeSkippedItems'],
      ['Search-AdminAuditLog'],
      ['Get-Administrator'],
      ['config'],
      ['admin', 'list'],
      ['token', 'list'],
    ]) {
      assert.equal((await command(...line)).code, 0, line.join(' '))
    }

    const backup = join(folder, 'without-key.backup')
    assert.equal((await command('backup', backup)).code, 0)
    found.add('the backup without its key', gunzipSync(readFileSync(backup)))

    // The worker, in the middle of a pass, in the way in which programs leave core dumps.
    await served.must('PATCH', '/batches/B1', { syncNow: true })
    const workers = childrenOf(served.running.child.pid!)
    assert.ok(workers.length > 0)
    for (const pid of workers) {
      assert.match(readFileSync(`/proc/${pid}/limits`, 'utf8'), /^Max core file size +0 /m)
      process.kill(pid, 'SIGABRT')
    }
    await served.reaches('B1', 'SyncedWithErrors')

    {
      await using store = await openStore({ dataFolder, joins: true, log: silentLog })
      const { rows: tables } = await store.pool.query<{ name: string }>(
        `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'pgboss')`,
      )
      assert.ok(tables.length > 25, String(tables.length))
      for (const { name } of tables) {
        const { rows } = await store.pool.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`)
        found.add(`table ${name}`, rows.map(({ row }) => row).join('\n'))
      }
    }
    await served[Symbol.asyncDispose]()
    await said('what the service said', served.running.ended)
    for (const [index, mail] of smtp.mails().entries()) found.add(`mail ${index}`, JSON.stringify(mail))
    for (const [index, body] of hookBodies.entries()) found.add(`hook ${index}`, body)
    const files = found.addFiles(folder, (path) => path.includes('/postgres-bin/') || path === backup)

    assert.ok(files.some((path) => path.endsWith('waybill.log')))
    assert.ok(
      found.where('alice@x.example').some((name) => name.startsWith('table ')),
      'what is in the tables is found by this search',
    )
    assert.ok(!readdirSync(dataFolder).includes('first-password'), 'the first password is gone with its use')
    found.assertAbsent(PLANTED)
  })
})

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return (
          readFileSync(`/proc/${name}/stat`, 'utf8')
            .replace(/^.*\) /s, '')
            .split(' ')[1] === String(pid) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('worker')
        )
      } catch {
        return false
      }
    })
    .map(Number)
}
