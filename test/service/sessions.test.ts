/** Signing in with a browser, over TCP on the running service: the first password, sessions, and what ends them. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import type { Session, SignInOptions } from '#contract/administrator.ts'
import type { Problem } from '#contract/organization.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { freePorts } from '#test/servers/instance.ts'
import { Browser } from './browser.ts'
import { Served } from './world.ts'

const PASSWORD = 'four quiet owls sing'

suite('sessions', { timeout: 120_000 }, () => {
  const folder = temporaryFolder('sessions')
  const dataFolder = join(folder, 'data')
  const file = join(dataFolder, 'first-password')
  let port = 0
  let served: Served

  before(async () => {
    port = (await freePorts(1))[0]!
    served = await Served.start({ dataFolder, port, args: ['--concurrency', '0'] })
  })
  after(async () => {
    await served[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  test('the first password lies in a file for its owner alone, makes one administrator, and is gone then', async () => {
    assert.equal(statSync(file).mode & 0o777, 0o600)
    const firstPassword = readFileSync(file, 'utf8').trim()
    assert.match(firstPassword, /^([a-z2-7]{5}-){5}[a-z2-7]$/)
    const browser = new Browser(port)
    const options = () => browser.ask<SignInOptions>('GET', '/sign-in-options')
    assert.deepEqual((await options()).body, { needsFirstAdministrator: true, oidc: null })
    const first = { firstPassword, userName: 'ann', password: PASSWORD }
    const wrong = await browser.ask<Problem>('POST', '/first-administrator', { ...first, firstPassword: 'aaaaa' })
    assert.deepEqual([wrong.status, wrong.body.code], [401, 'SIGN_IN_REFUSED'])
    const made = await browser.ask<Session>('POST', '/first-administrator', first)
    assert.equal(made.status, 201, JSON.stringify(made.body))
    assert.deepEqual(made.body.scopes, ['organization'])
    assert.match(String(made.headers['set-cookie']), /^waybill=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
    assert.equal((await browser.ask<Session>('GET', '/session')).body.identity, 'ann')
    assert.equal(existsSync(file), false)
    assert.deepEqual((await options()).body, { needsFirstAdministrator: false, oidc: null })
    const again = await new Browser(port).ask<Problem>('POST', '/first-administrator', { ...first, userName: 'bob' })
    assert.deepEqual([again.status, again.body.code], [401, 'SIGN_IN_REFUSED'])
  })

  test('one signs in, is who one is, and signs out', async () => {
    const browser = new Browser(port)
    assert.equal((await browser.ask('GET', '/batches')).status, 401)
    const signedIn = await browser.signIn<Session>('ANN', PASSWORD)
    assert.equal(signedIn.status, 201)
    assert.equal((await browser.ask('GET', '/batches')).status, 200)
    const { cookie } = browser
    assert.equal((await browser.ask('DELETE', '/session')).status, 204)
    assert.equal(browser.cookie, null)
    browser.cookie = cookie
    assert.equal((await browser.ask('GET', '/batches')).status, 401)
  })
})
