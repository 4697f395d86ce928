/** Signing in with a browser, over TCP on the running service: the first password, sessions, and what ends them. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import type { Session, SignInOptions } from '#contract/administrator.ts'
import type { ApiToken, Problem } from '#contract/organization.ts'
import { onTerminal } from '#test/cmdlets/shell.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { freePorts } from '#test/servers/instance.ts'
import { removeFolder } from '#test/remove-folder.ts'
import { type AdministratorsWorld, PASSWORD, administratorsWorld, eventStream } from './administrators-world.ts'
import { Browser } from './browser.ts'
import { Served } from './world.ts'

const FORM = /([a-z2-7]{5}-){5}[a-z2-7]/

suite('the first password', { timeout: 120_000 }, () => {
  const folder = temporaryFolder('first-password')
  const dataFolder = join(folder, 'data')
  const file = join(dataFolder, 'first-password')
  const inFile = () => readFileSync(file, 'utf8').trim()
  after(() => removeFolder(folder))

  test('is shown on a terminal, and lies in no file then', { skip: !existsSync('/usr/bin/script') }, async () => {
    const [port] = (await freePorts(1)) as [number]
    const shownWith = async (option: string) => {
      const command = `waybill serve --data ${dataFolder} --concurrency 0 ${option}`
      return (await onTerminal(command, [['Ctrl-C stops it', '\u0003']], { folder })).shown
    }
    assert.match(await shownWith(`--listen 127.0.0.1:${port}`), new RegExp(`First sign-in .*${FORM.source}`))
    assert.equal(existsSync(file), false)
    // Where nobody can come in, nobody is asked to.
    assert.doesNotMatch(await shownWith('--no-tcp'), /First sign-in/)
  })

  test('lies in a file for its owner alone, is another one after each start, and makes one administrator', async () => {
    const [port] = (await freePorts(1)) as [number]
    const start = () => Served.start({ dataFolder, port, args: ['--concurrency', '0'] })
    let first = ''
    {
      const served = await start()
      first = inFile()
      await served[Symbol.asyncDispose]()
      const { stderr } = await served.running.ended
      assert.match(stderr, /First sign-in .*in the file .*\/first-password/)
      assert.doesNotMatch(stderr, FORM)
    }
    await using _served = await start()
    assert.equal(statSync(file).mode & 0o777, 0o600)
    const firstPassword = inFile()
    assert.match(firstPassword, new RegExp(`^${FORM.source}$`))
    const browser = new Browser(port)
    const options = () => browser.ask<SignInOptions>('GET', '/sign-in-options')
    assert.deepEqual((await options()).body, { needsFirstAdministrator: true, oidc: null })
    const ask = (more: object, from = browser) =>
      from.ask<Session & Problem>('POST', '/first-administrator', {
        firstPassword,
        userName: 'ann',
        password: PASSWORD,
        ...more,
      })
    const refused = async (more: object, status: number, code: string) => {
      const answer = await ask(more, new Browser(port))
      assert.deepEqual([answer.status, answer.body.code, answer.headers['set-cookie']], [status, code, undefined])
    }
    await refused({ firstPassword: first }, 401, 'SIGN_IN_REFUSED')
    await refused({ password: 'ann-ann-ann-ann' }, 422, 'VALUE_INVALID')
    const made = await ask({})
    assert.equal(made.status, 201, JSON.stringify(made.body))
    assert.deepEqual([made.body.identity, made.body.scopes], ['ann', ['organization']])
    assert.match(String(made.headers['set-cookie']), /^waybill=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
    assert.equal((await browser.ask('GET', '/administrators')).status, 200)
    assert.equal(existsSync(file), false)
    assert.deepEqual((await options()).body, { needsFirstAdministrator: false, oidc: null })
    await refused({ userName: 'bob' }, 401, 'SIGN_IN_REFUSED')
    const logs = join(dataFolder, 'logs')
    for (const name of readdirSync(logs)) {
      const text = readFileSync(join(logs, name), 'utf8')
      for (const secret of [firstPassword, PASSWORD, browser.cookie!.split('=')[1]!]) assert.ok(!text.includes(secret))
    }
  })
})

suite('sessions', { timeout: 120_000 }, () => {
  let world: AdministratorsWorld
  before(async () => {
    world = await administratorsWorld('sessions', { recheckMs: 100 })
    await world.make('chief')
  })
  after(async () => {
    await world[Symbol.asyncDispose]()
  })

  const stream = (headers: Readonly<Record<string, string>>) => eventStream(world.port, headers)
  const good = async (browser: Browser) => (await browser.ask('GET', '/session')).status

  test('one signs in whatever the capitals, is who one is, and signs out', async () => {
    const browser = new Browser(world.port)
    assert.equal(await good(browser), 401)
    const { body } = await browser.signIn<Session>(' Chief ', PASSWORD)
    assert.deepEqual((await browser.ask<Session>('GET', '/session')).body, body)
    assert.deepEqual(
      [body.identity, body.via, body.scopes, body.mustChangePassword, body.administrator?.roles],
      ['chief', 'Session', ['organization'], false, ['OrganizationManagement']],
    )
    const { cookie } = browser
    assert.deepEqual((await browser.ask('DELETE', '/session')).body, { providerSignOutUrl: null })
    assert.equal(browser.cookie, null)
    browser.cookie = cookie
    assert.equal(await good(browser), 401)
  })

  test('who signs in anew in the same browser has left the session before', async () => {
    const browser = await world.signedIn('chief')
    const before = new Browser(world.port)
    before.cookie = browser.cookie
    await browser.signIn('chief', PASSWORD)
    assert.deepEqual([await good(before), await good(browser)], [401, 200])
  })

  test('signing out ends the event streams of that session, and no other', async () => {
    const [one, other] = [await world.signedIn('chief'), await world.signedIn('chief')]
    const ends = await stream({ cookie: one.cookie! })
    const stays = await stream({ cookie: other.cookie! })
    await one.ask('DELETE', '/session')
    await ends.ended
    assert.equal(await good(other), 200)
    await other.ask('DELETE', '/session')
    await stays.ended
  })

  test('losing the role ends event streams, by session and by token', async () => {
    await world.make('demoted', ['OrganizationManagement'])
    const browser = await world.signedIn('demoted')
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
    const asked = { name: 'demoted', scopes: ['migration'], expiresAt }
    const { body } = await browser.ask<ApiToken & { token: string }>('POST', '/tokens', asked)
    const bySession = await stream({ cookie: browser.cookie! })
    const byToken = await stream({ authorization: `Bearer ${body.token}` })
    await world.served.must('PATCH', '/administrators/demoted', { roles: ['ViewOnly'] })
    await bySession.ended
    // What is left of the role is enough to look at events; without any it is not.
    await world.served.must('PATCH', '/administrators/demoted', { enabled: false })
    await byToken.ended
  })

  test('revoking a token ends its event streams', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
    const asked = { name: 'robot', scopes: ['view'], expiresAt }
    const { id, token } = await world.served.must<{ id: string; token: string }>('POST', '/tokens', asked)
    const { ended } = await stream({ authorization: `Bearer ${token}` })
    await world.served.must('DELETE', `/tokens/${id}`)
    await ended
  })

  test('the end of a token and of a session ends their event streams', async () => {
    await using short = await administratorsWorld('short-sessions', { recheckMs: 1_000, sessionMs: 4_000 })
    await short.make('chief')
    await endsByItself(short.port, async () => ({ cookie: (await short.signedIn('chief')).cookie! }))
    await endsByItself(short.port, async (attempt) => {
      const expiresAt = new Date(Date.now() + 2_000).toISOString()
      const asked = { name: `brief ${attempt}`, scopes: ['view'], expiresAt }
      const { token } = await short.served.must<{ token: string }>('POST', '/tokens', asked)
      return { authorization: `Bearer ${token}` }
    })
  })

  test('whoever guesses is told how long to wait; who is signed in, and who comes from elsewhere, is not', async () => {
    await world.make('guessed', ['ViewOnly'])
    const inside = await world.signedIn('guessed')
    const guesser = new Browser(world.port, '127.0.0.2')
    const guess = (name: string) => guesser.signIn<Problem>(name, 'wrong wrong wrong')
    for (let at = 0; at < 5; at++) assert.equal((await guess('guessed')).status, 401)
    const { status, body, headers } = await guess('guessed')
    assert.deepEqual([status, body.code], [429, 'TOO_MANY_REQUESTS'])
    assert.match(headers['retry-after'] ?? '', /^[1-6]?\d$/)
    // An unknown name reads the same, and so does its wait.
    for (let at = 0; at < 5; at++) assert.equal((await guess('unheard-of')).status, 401)
    assert.equal((await guess('unheard-of')).status, 429)
    assert.equal(await good(inside), 200)
    await world.signedIn('guessed')
    for (let at = 0; at < 20; at++) await guess(`name ${at}`)
    assert.equal((await guess('chief')).status, 429)
    await world.signedIn('chief')
  })
})

/** On a busy machine one may have ended before its stream was there: then with the next one. */
async function endsByItself(port: number, signIn: (attempt: number) => Promise<Record<string, string>>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const headers = await signIn(attempt)
    const opened = await eventStream(port, headers).catch(() => null)
    if (opened === null) continue
    await opened.ended
    assert.equal((await new Browser(port).ask('GET', '/session', undefined, headers)).status, 401)
    return
  }
}
