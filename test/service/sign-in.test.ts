/** Signing in, on a clock of its own: what ends when, what is stored, and what is told to whom. */
import assert from 'node:assert/strict'
import { argon2Sync, createHash } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import type { Principal } from '#contract/calls.ts'
import { administration } from '#migration/administrator/administration.ts'
import { administratorUseCases } from '#migration/administrator/administrator-use-cases.ts'
import type { AdministratorDeps, SignInOutcome } from '#migration/administrator/deps.ts'
import { sessionUseCases } from '#migration/administrator/session-use-cases.ts'
import { type LedgerWorld, ledgerWorld } from '#test/ledger-world.ts'
import { Seat, administrator, asking } from './use-case-world.ts'

const PASSWORD = 'four quiet owls sing'
const OTHER = 'nine green boats sleep'
const MINUTE = 60_000
const HOUR = 60 * MINUTE

const stranger: Principal = {
  name: 'anonymous',
  scopes: [],
  via: 'Public',
  address: '192.0.2.1',
  administratorId: null,
}

suite('signing in', { timeout: 60_000 }, () => {
  let world: LedgerWorld
  let now = Date.parse('2026-12-01T08:00:00Z')
  const told: SignInOutcome[] = []
  const hashed: { stored: string | null }[] = []
  let forgotten = 0
  let deps: AdministratorDeps

  before(async () => {
    world = await ledgerWorld()
    const made = administration({
      store: world.store,
      clock: { now: () => now, monotonic: () => now },
      onSignIn: (outcome) => told.push(outcome),
      forgetFirstPassword: () => forgotten++,
    })
    const hasher = {
      ...made.hasher,
      verify: (password: string, stored: string | null) => {
        hashed.push({ stored })
        return made.hasher.verify(password, stored)
      },
    }
    deps = { ...made, hasher }
  })
  after(async () => {
    await world[Symbol.asyncDispose]()
  })

  const service = () => asking({ ...administratorUseCases(deps), ...sessionUseCases(deps) })
  const make = (userName: string, more: object = {}) =>
    service()('createAdministrator', {
      body: { userName, roles: ['OrganizationManagement'], password: PASSWORD, mustChangePassword: false, ...more },
    })
  /** The id of the session. */
  async function signIn(userName: string, password = PASSWORD, from = stranger): Promise<string> {
    const seat = new Seat()
    await service()('signIn', { body: { userName, password } }, from, seat)
    return seat.id!
  }
  const isGood = async (id: string, isUse = false) => (await deps.sessions.authenticate(id, isUse)) !== null
  const row = async <T>(sql: string, ...values: unknown[]) => (await world.store.pool.query(sql, values)).rows[0] as T

  test('the first password is good for a day, once, and only the newest one', async () => {
    const use = (firstPassword: string, userName = 'first', from = stranger) =>
      service()('createFirstAdministrator', { body: { firstPassword, userName, password: PASSWORD } }, from)
    const refused = { code: 'SIGN_IN_REFUSED' }
    const old = (await deps.firstPassword.renew())!
    const late = (await deps.firstPassword.renew())!
    await assert.rejects(use(old.password), refused)
    now += 24 * HOUR
    await assert.rejects(use(late.password), refused)
    const { password, administrator: none } = await service()('resetAdministrator', { body: {} })
    assert.equal(none, null)
    now += 24 * HOUR - 1
    const { hash } = await row<{ hash: Buffer }>('SELECT hash FROM first_password')
    assert.equal(hash.length, 32)
    // Whoever guesses makes only their own network wait.
    const guesser = { ...stranger, address: '198.51.100.6' }
    for (let at = 0; at < 20; at++) await assert.rejects(use(old.password, 'first', guesser), refused)
    await assert.rejects(use(old.password, 'first', guesser), { code: 'TOO_MANY_REQUESTS' })
    forgotten = 0
    told.length = 0
    const both = await Promise.allSettled([use(` ${password.toUpperCase()}\n`), use(password, 'second')])
    assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
    assert.equal(forgotten, 1)
    assert.deepEqual(told.map(({ outcome, means }) => `${outcome} ${means}`).toSorted(), [
      'Refused FirstPassword',
      'SignedIn FirstPassword',
    ])
    assert.equal(await deps.firstPassword.renew(), null)
    await assert.rejects(use(password, 'third'), refused)
  })

  test('a session ends an hour after its last use; a look at it is none', async () => {
    await make('idle')
    const id = await signIn('idle')
    now += HOUR - 1
    assert.equal(await isGood(id), true)
    assert.equal(await isGood(id, true), true)
    now += HOUR - 1
    assert.equal(await isGood(id), true)
    now += 1
    assert.equal(await isGood(id), false)
    assert.equal(await isGood(id, true), false)
  })

  test('a session ends twelve hours after it began, however much it is used', async () => {
    await make('busy')
    const id = await signIn('busy')
    for (let hours = 0; hours < 23; hours++) {
      now += HOUR / 2
      assert.equal(await isGood(id, true), true)
    }
    now += HOUR / 2
    assert.equal(await isGood(id, true), false)
    const seat = new Seat()
    const shown = await service()('signIn', { body: { userName: 'busy', password: PASSWORD } }, stranger, seat)
    assert.equal(shown.expiresAt, new Date(now + 12 * HOUR).toISOString())
    assert.equal(shown.idleSeconds, 3600)
    // Whoever signs in sweeps what has ended.
    const { count } = await row<{ count: number }>(
      'SELECT count(*) FROM administrator_session WHERE expires_at <= $1',
      new Date(now),
    )
    assert.equal(count, 0)
  })

  test('the id is stored as its hash, the password as argon2id', async () => {
    await make('stored')
    const id = await signIn('stored')
    assert.match(id, /^[\w-]{43}$/)
    const { text, hash } = await row<{ text: string; hash: Buffer }>(
      `SELECT s::text || a::text AS text, s.hash FROM administrator_session s JOIN administrator a ON a.id = administrator_id
       WHERE a.name = 'stored'`,
    )
    assert.ok(!text.includes(id) && !text.includes(PASSWORD))
    assert.match(text, /\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    assert.deepEqual(hash, createHash('sha256').update(id).digest())
  })

  test('a hash with parameters of yesterday is made anew when its password comes, and sessions go on', async () => {
    const { guid } = await make('rehashed')
    const first = await signIn('rehashed')
    const b64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
    const salt = Buffer.alloc(16, 7)
    const parameters = { message: PASSWORD, nonce: salt, parallelism: 1, tagLength: 32, memory: 8192, passes: 1 }
    const old = `$argon2id$v=19$m=8192,t=1,p=1$${b64(salt)}$${b64(argon2Sync('argon2id', parameters))}`
    await world.store.pool.query('UPDATE administrator SET password_hash = $2 WHERE id = $1', [guid, old])
    const stored = async () =>
      (await row<{ hash: string }>('SELECT password_hash AS hash FROM administrator WHERE id = $1', guid)).hash
    await assert.rejects(signIn('rehashed', OTHER), { code: 'SIGN_IN_REFUSED' })
    assert.equal(await stored(), old)
    const second = await signIn('rehashed')
    assert.match(await stored(), /m=19456,t=2,p=1/)
    assert.deepEqual([await isGood(first), await isGood(second)], [true, true])
    await signIn('rehashed')
  })

  test('an unknown name, a disabled person and one without a password cost one hash each, as a wrong password does', async () => {
    await make('known')
    await make('disabled', { enabled: false })
    await make('passwordless', { password: undefined })
    const answers: unknown[] = []
    for (const name of ['known', 'disabled', 'passwordless', 'unheard-of']) {
      hashed.length = 0
      told.length = 0
      await assert.rejects(
        signIn(name, OTHER),
        (thrown: Error & { remedy: string }) => answers.push([thrown.message, thrown.remedy]) > 0,
      )
      assert.equal(hashed.length, 1, name)
      // What was typed as a name may be the password: it is told to nobody.
      assert.deepEqual(
        told.map(({ outcome, administrator: who, address }) => [outcome, who?.name ?? null, address]),
        [['Refused', name === 'unheard-of' ? null : name, '192.0.2.1']],
      )
    }
    assert.equal(new Set(answers.map((one) => JSON.stringify(one))).size, 1)
  })

  test('whoever guesses waits longer and longer, without a hash; who is in and who sits at the machine does not', async () => {
    await make('guessed')
    const session = await signIn('guessed')
    const attacker = { ...stranger, address: '198.51.100.7' }
    for (let at = 0; at < 5; at++) await assert.rejects(signIn('guessed', OTHER, attacker), { code: 'SIGN_IN_REFUSED' })
    hashed.length = 0
    await assert.rejects(signIn('guessed', PASSWORD, attacker), { code: 'TOO_MANY_REQUESTS', waitMs: MINUTE })
    await assert.rejects(signIn('GUESSED', PASSWORD, { ...attacker, address: '203.0.113.9' }), {
      code: 'TOO_MANY_REQUESTS',
    })
    assert.equal(hashed.length, 0)
    assert.equal(await isGood(session, true), true)
    await signIn('guessed')
    await signIn('guessed', PASSWORD, administrator)
    now += MINUTE
    await signIn('guessed', PASSWORD, attacker)
  })

  test('from where one has signed in in the last 90 days, no guesser keeps one out, also after a restart', async () => {
    const { guid } = await make('kept-out')
    const office = { ...stranger, address: '2001:db8:1:2::7' }
    const attacker = { ...stranger, address: '198.51.100.8' }
    const again = () =>
      (deps = {
        ...deps,
        throttle: administration({ store: world.store, clock: { now: () => now, monotonic: () => now } }).throttle,
      })
    const guess = async () => {
      for (let at = 0; at < 5; at++)
        await assert.rejects(signIn('kept-out', OTHER, attacker), { code: 'SIGN_IN_REFUSED' })
      await assert.rejects(signIn('kept-out', PASSWORD, attacker), { code: 'TOO_MANY_REQUESTS' })
    }
    await signIn('kept-out', PASSWORD, office)
    again()
    await guess()
    await signIn('Kept-Out', PASSWORD, { ...office, address: '2001:db8:1:2:ffff::8' })
    await assert.rejects(signIn('kept-out', PASSWORD, { ...office, address: '2001:db8:1:3::7' }), {
      code: 'TOO_MANY_REQUESTS',
    })
    const stored = await row<{ known: string }>(
      'SELECT string_agg(k::text, $2) AS known FROM known_network k WHERE administrator_id = $1',
      guid,
      ' ',
    )
    assert.doesNotMatch(stored.known, /2001/)
    now += 90 * 24 * HOUR
    again()
    await guess()
    await assert.rejects(signIn('kept-out', PASSWORD, office), { code: 'TOO_MANY_REQUESTS' })
  })

  test('of one person the last 20 networks are kept, and none once the person is removed', async () => {
    const { guid } = await make('traveller')
    const counted = async () =>
      Number((await row<{ n: string }>('SELECT count(*) AS n FROM known_network WHERE administrator_id = $1', guid)).n)
    for (let at = 0; at < 22; at++) {
      now += 1
      await signIn('traveller', PASSWORD, { ...stranger, address: `203.0.113.${100 + at}` })
    }
    assert.equal(await counted(), 20)
    await service()('removeAdministrator', { params: { identity: guid } })
    assert.equal(await counted(), 0)
  })

  test('at an open session the old password is guessed no faster', async () => {
    const { guid } = await make('open')
    const principal = { ...stranger, name: 'open', via: 'Session', administratorId: guid } as const
    const change = (currentPassword: string) =>
      service()('changePassword', { body: { currentPassword, newPassword: OTHER } }, principal)
    for (let at = 0; at < 5; at++) await assert.rejects(change(OTHER), { code: 'VALUE_INVALID' })
    await assert.rejects(change(PASSWORD), { code: 'TOO_MANY_REQUESTS' })
    // The sign-in is another door.
    await signIn('open')
    now += MINUTE
    await change(PASSWORD)
    await signIn('open', OTHER)
  })

  test('a one-time password lets in for a day, and must be changed', async () => {
    await make('reset')
    const { password } = await service()('resetAdministrator', { body: { identity: 'reset' } })
    now += 24 * HOUR - 1
    const id = await signIn('reset', password)
    assert.deepEqual((await deps.sessions.authenticate(id, true))!.scopes, [])
    now += 1
    await assert.rejects(signIn('reset', password), { code: 'SIGN_IN_REFUSED' })
  })

  test('a password that is changed while it is checked lets nobody in', async () => {
    const { guid } = await make('raced')
    const { verify } = deps.hasher
    const slow: AdministratorDeps = {
      ...deps,
      hasher: {
        ...deps.hasher,
        async verify(password, stored) {
          const isRight = await verify(password, stored)
          await service()('updateAdministrator', { params: { identity: guid }, body: { password: OTHER } })
          return isRight
        },
      },
    }
    const seat = new Seat()
    const asked = asking(sessionUseCases(slow))(
      'signIn',
      { body: { userName: 'raced', password: PASSWORD } },
      stranger,
      seat,
    )
    await assert.rejects(asked, { code: 'SIGN_IN_REFUSED' })
    assert.equal(seat.id, null)
  })

  test('sign-ins are told with who and from where', async () => {
    const { guid } = await make('told')
    told.length = 0
    await signIn('TOLD')
    assert.deepEqual(told, [
      { outcome: 'SignedIn', means: 'Password', administrator: { id: guid, name: 'told' }, address: '192.0.2.1' },
    ])
  })
})
