/** Mailbox databases (architecture.md §4, §6.5, §6.6): where target mailboxes live, and who may say so. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import type { Fault } from '#base/fault.ts'
import { silentLog } from '#base/log.ts'
import type { NewDatabase } from '#contract/database.ts'
import { type TargetUser, databaseTarget } from '#migration/database/database-target.ts'
import { type DatabaseDeps, databaseUseCases } from '#migration/database/database-use-cases.ts'
import { ensureLocalDatabase } from '#migration/database/ensure-local-database.ts'
import { serverRoots } from '#migration/database/maildir-path.ts'
import { openSecrets, type Secrets } from '#store/secrets.ts'
import { defaultDatabase, findDatabase } from '#store/service/databases.ts'
import { type LedgerWorld, ledgerWorld } from '#test/ledger-world.ts'
import { dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { asking, hastyTester, loopbackAllowed } from './use-case-world.ts'

const PASSWORD = 'pass of the migrator'
const ADMIN = { loginTemplate: '{user}*{admin}', adminUserName: 'migrator', adminPassword: PASSWORD }

suite('mailbox databases', { timeout: 120_000 }, () => {
  let world: LedgerWorld
  let secrets: Secrets
  let roots = ''
  before(async () => {
    world = await ledgerWorld()
    secrets = await openSecrets(world.store)
    roots = join(world.store.dataFolder.path, 'roots')
    mkdirSync(roots)
  })
  after(async () => {
    await world[Symbol.asyncDispose]()
  })

  const deps = (more: Partial<DatabaseDeps> = {}): DatabaseDeps => ({
    store: world.store,
    secrets,
    tester: hastyTester(),
    outgoing: loopbackAllowed,
    allowedRoots: [roots],
    ...more,
  })
  const service = (more: Partial<DatabaseDeps> = {}) => asking(databaseUseCases(deps(more)))
  const fresh = () => `d-${randomUUID().slice(0, 8)}`
  const inRoots = (...names: string[]) => join(roots, ...names)
  const maildir = (more: Partial<NewDatabase> = {}) =>
    service()('createDatabase', { body: { name: fresh(), kind: 'Maildir', path: inRoots(fresh()), ...more } })
  const imap = (more: Partial<NewDatabase> = {}) =>
    service()('createDatabase', {
      body: { name: fresh(), kind: 'Imap', server: 'new.example', skipVerification: true, ...more },
    })
  const list = async () => (await service()('listDatabases')).items
  const set = (identity: string, body: object) => service()('updateDatabase', { params: { identity }, body })
  const tryOut = (identity: string, body: object = {}) => service()('testDatabase', { params: { identity }, body })
  const user = (more: Partial<TargetUser> = {}): TargetUser => ({
    rowNumber: 1,
    emailAddress: 'alice@x.example',
    targetUserName: null,
    targetPassword: null,
    ...more,
  })
  const targetOf = async (identity: string, who: TargetUser) =>
    databaseTarget(await findDatabase(world.store, identity), who, { ...deps(), log: silentLog })

  test('a new service has one database, Local, below the data folder; an administrator who removed it keeps it so', async () => {
    const { path } = world.store.dataFolder
    await Promise.all([ensureLocalDatabase(world.store, path), ensureLocalDatabase(world.store, path)])
    await ensureLocalDatabase(world.store, path)
    const [local, ...others] = await list()
    assert.deepEqual(others, [])
    assert.deepEqual(
      [local!.identity, local!.kind, local!.path, local!.isDefault],
      ['Local', 'Maildir', join(path, 'mail'), true],
    )
    assert.equal((await defaultDatabase(world.store))?.name, 'Local')
    const answer = await service({ allowedRoots: serverRoots(path) })('testDatabase', {
      params: { identity: 'local' },
      body: {},
    })
    assert.equal(answer.result, 'Success')
    await maildir({ name: 'Other', isDefault: true })
    await service()('removeDatabase', { params: { identity: 'Local' } })
    await ensureLocalDatabase(world.store, path)
    assert.ok(!(await list()).some(({ identity }) => identity === 'Local'))
  })

  test('a Maildir lies only below the folders that the server allows, and the refusal says how to allow another', async () => {
    for (const path of ['/etc/mail', '/', '/root/{user}', `${roots}-not`, join(roots, '..', 'keys')]) {
      await assert.rejects(maildir({ path }), { code: 'TARGET_ROOT_REFUSED', scope: 'request' }, path)
    }
    await assert.rejects(maildir({ path: '/etc/mail' }), { remedy: /WAYBILL_MAILDIR_ROOTS/ })
    // What no "untried" would store is told of the field; what another host may have is not.
    const field = async (path: string) => {
      const { facts } = (await maildir({ path }).catch((thrown: unknown) => thrown)) as Fault
      return facts['field'] ?? null
    }
    assert.deepEqual([await field('/etc/mail'), await field('mail')], ['path', 'path'])
    assert.equal(await field(inRoots('not', 'made', 'here')), null)
    await assert.rejects(maildir({ path: 'mail' }), { message: /not an absolute path/ })
    await assert.rejects(maildir({ path: inRoots('{password}') }), { message: /holds \{password\}/ })
    assert.equal((await maildir({ path: inRoots('a') })).path, inRoots('a'))
    assert.ok(lstatSync(inRoots('a')).isDirectory())
    const allowed = serverRoots('/data', ['/pool/mail/', '/other/x/..'])
    assert.deepEqual(allowed.slice(-2), ['/pool/mail', '/other'])
    assert.ok(['/data', '/srv', '/home', '/var/mail', '/var/vmail'].every((each) => allowed.includes(each)))
  })

  test('no symbolic link below an allowed folder is followed, not even one that comes later', async () => {
    const outside = join(world.store.dataFolder.path, 'outside')
    mkdirSync(outside, { recursive: true })
    mkdirSync(inRoots('inside'))
    symlinkSync(outside, inRoots('out'))
    symlinkSync(inRoots('inside'), inRoots('in'))
    symlinkSync(inRoots('nowhere'), inRoots('dangling'))
    for (const name of ['out', 'in', 'dangling', 'out/mail', 'in/mail']) {
      for (const skipVerification of [false, true]) {
        await assert.rejects(maildir({ path: inRoots(name), skipVerification }), { code: 'TARGET_ROOT_REFUSED' }, name)
      }
    }
    const { identity } = await maildir({ path: inRoots('later', '{local}'), skipVerification: true })
    symlinkSync(inRoots('inside'), inRoots('later'))
    const target = await targetOf(identity, user())
    await assert.rejects(target.open(), { code: 'TARGET_ROOT_REFUSED' })
    assert.equal((await tryOut(identity)).result, 'Failed')
    assert.deepEqual([readdirSync(outside), readdirSync(inRoots('inside'))], [[], []])
  })

  test('the folder is made where its parent is there, and nothing else is', async () => {
    await maildir({ path: inRoots('fresh', '{domain}', '{local}') })
    assert.deepEqual(readdirSync(inRoots('fresh')), ['.waybill-database'])
    await assert.rejects(maildir({ path: inRoots('no', 'parent', '{user}') }), { message: /cannot be made/ })
    assert.ok(!existsSync(inRoots('no')))
    await maildir({ path: inRoots('no', 'parent'), skipVerification: true })
    assert.ok(!existsSync(inRoots('no')))
    writeFileSync(inRoots('file'), '')
    await assert.rejects(maildir({ path: inRoots('file') }), { message: /is not a folder/ })
  })

  test('where the folder has not the mark of its database, it is another disk: nothing is begun there', async () => {
    const { identity } = await maildir({ path: inRoots('marked', '{local}') })
    rmSync(inRoots('marked', '.waybill-database'))
    await assert.rejects((await targetOf(identity, user())).open(), {
      code: 'TARGET_FOLDER_ELSEWHERE',
      transient: true,
    })
    assert.deepEqual(readdirSync(inRoots('marked')), [])
    await service()('updateDatabase', { params: { identity }, body: { path: inRoots('marked', '{local}') } })
    await using target = await (await targetOf(identity, user())).open()
    assert.ok(target, 'the mark was given again')
  })

  test('a Maildir database is tried out and tells the free space; what fails is a result', async () => {
    const { identity } = await maildir({ path: inRoots('tried', '{domain}', '{local}') })
    const answer = await tryOut(identity)
    assert.equal(answer.result, 'Success')
    assert.match(answer.message, /can be written, and [\d.]+ GB are free there\./)
    assert.ok(Number.isSafeInteger(answer.freeBytes) && answer.freeBytes! > 0)
    assert.equal(/will belong to root|belongs to root/.test(answer.warnings.join()), process.getuid?.() === 0)
    assert.doesNotMatch(answer.message, /root,/)
    assert.deepEqual(readdirSync(inRoots('tried')), ['.waybill-database'])
    const broken = await maildir({ path: inRoots('broken'), skipVerification: true })
    writeFileSync(inRoots('broken'), '')
    const failed = await tryOut(broken.identity)
    assert.equal(failed.result, 'Failed')
    assert.notEqual(failed.errorDetail, '')
    assert.equal(failed.freeBytes, null)
    await assert.rejects(tryOut(identity, { testMailbox: 'alice@x.example' }), { code: 'VALUE_INVALID' })
  })

  test('trying out a folder counts as a connection test: the eleventh within a minute is refused', async () => {
    const { identity } = await maildir({ path: inRoots('often') })
    const ask = service()
    for (let tests = 0; tests < 10; tests++) {
      assert.equal((await ask('testDatabase', { params: { identity }, body: {} })).result, 'Success')
    }
    await assert.rejects(ask('testDatabase', { params: { identity }, body: {} }), { code: 'TOO_MANY_REQUESTS' })
  })

  test('fields of the other kind are refused by name, and the ones that are needed are asked for', async () => {
    for (const [body, field] of [
      [{ kind: 'Maildir', path: inRoots('x'), server: 'new.example' }, 'server'],
      [{ kind: 'Maildir', path: inRoots('x'), port: 993 }, 'port'],
      [{ kind: 'Maildir', path: inRoots('x'), loginTemplate: '{user}' }, 'loginTemplate'],
      [{ kind: 'Maildir', path: inRoots('x'), adminPassword: 'secret' }, 'adminPassword'],
      [{ kind: 'Maildir' }, 'path'],
      [{ kind: 'Imap', server: 'new.example', path: inRoots('x') }, 'path'],
      [{ kind: 'Imap' }, 'server'],
    ] as const) {
      await assert.rejects(
        service()('createDatabase', { body: { name: fresh(), ...body, skipVerification: true } }),
        (fault: { code: string; facts: { field: string } }) =>
          fault.code === 'VALUE_INVALID' && fault.facts.field === field,
        field,
      )
    }
    assert.ok(!existsSync(inRoots('x')))
  })

  test('a log-in template that cannot be filled in is refused, in the words of the API', async () => {
    for (const [login, says] of [
      [{ ...ADMIN, loginTemplate: '{admin}' }, /same user/],
      [{ ...ADMIN, loginTemplate: '{user}*{password}' }, /no \{password\}/],
      [{ ...ADMIN, adminUserName: null }, /no adminUserName/],
      [{ ...ADMIN, adminPassword: null }, /needs adminPassword/],
    ] as const) {
      await assert.rejects(imap(login), (fault: Error & { code: string; remedy: string }) => {
        assert.equal(fault.code, 'VALUE_INVALID')
        assert.match(fault.message, says)
        assert.doesNotMatch(`${fault.message} ${fault.remedy}`, /--/)
        return true
      })
    }
    const { identity } = await imap(ADMIN)
    await assert.rejects(set(identity, { adminPassword: null }), { code: 'VALUE_INVALID' })
    await assert.rejects(set(identity, { adminUserName: null }), { code: 'VALUE_INVALID' })
    const without = await set(identity, { loginTemplate: null, adminUserName: null, adminPassword: null })
    assert.deepEqual([without.loginTemplate, without.hasAdminPassword], [null, false])
  })

  test('the password is sealed in its row and in no answer; it stays until it is changed', async () => {
    const made = await imap(ADMIN)
    const { identity, guid } = made
    const answers = [made, await set(identity, { adminUserName: 'mover' }), await list()]
    await set(identity, { adminUserName: 'migrator' })
    assert.ok(!JSON.stringify(answers).includes(PASSWORD))
    assert.ok(answers.flat().some((each) => 'guid' in each && each.guid === guid && each.hasAdminPassword))
    const { rows } = await world.store.pool.query<{ row: string; sealed: Buffer }>(
      'SELECT d::text AS row, admin_password AS sealed FROM mailbox_database d WHERE id = $1',
      [guid],
    )
    const { row, sealed } = rows[0]!
    for (const encoding of ['utf8', 'hex', 'base64'] as const) {
      assert.ok(!row.includes(Buffer.from(PASSWORD).toString(encoding)))
    }
    const place = { table: 'mailbox_database', id: guid, column: 'admin_password' }
    assert.equal(secrets.open(sealed, place), PASSWORD)
    await set(identity, { adminPassword: 'another' })
    const target = await targetOf(identity, user())
    assert.deepEqual(target.identity, { kind: 'Imap', place: 'new.example:993', login: 'alice@x.example*migrator' })
    const { admin_password: changed } = await findDatabase(world.store, identity)
    assert.equal(secrets.open(changed!, place), 'another')
  })

  test('the stored password is sent to no other server or port, and no way less protected: it comes with the change', async () => {
    const { identity } = await imap(ADMIN)
    const elsewhere = [
      { server: 'evil.example' },
      { server: '127.0.0.1' },
      { port: 1993 },
      { acceptUntrustedCertificates: true },
      { allowClearText: true },
      { security: 'None', allowClearText: true },
    ]
    for (const change of elsewhere) {
      await assert.rejects(
        set(identity, { ...change, skipVerification: true }),
        { code: 'VALUE_INVALID', message: /adminPassword .*not sent/, remedy: /together with the change/ },
        JSON.stringify(change),
      )
    }
    const same = { server: 'new.example', port: 993, security: 'Tls', allowClearText: false, skipVerification: true }
    const kept = await set(identity, same)
    assert.deepEqual([kept.server, kept.port, kept.hasAdminPassword], ['new.example', 993, true])
    for (const change of elsewhere) {
      const { identity: other } = await imap(ADMIN)
      const changed = await set(other, { ...change, adminPassword: 'another', skipVerification: true })
      assert.equal(changed.hasAdminPassword, true)
    }
    const gone = await set(identity, {
      ...elsewhere[0],
      adminPassword: null,
      loginTemplate: null,
      skipVerification: true,
    })
    assert.deepEqual([gone.server, gone.hasAdminPassword], ['evil.example', false])
    await set(identity, { server: 'third.example', skipVerification: true })
  })

  test('there is one default while there is any, however many ask for it at once', async () => {
    const made = await Promise.all([imap({ isDefault: true }), imap({ isDefault: true }), maildir({ isDefault: true })])
    const defaults = async () => (await list()).filter(({ isDefault }) => isDefault).map(({ identity }) => identity)
    assert.equal((await defaults()).length, 1)
    await Promise.all(made.map(({ identity }) => set(identity, { isDefault: true })))
    const [current] = await defaults()
    assert.equal((await defaults()).length, 1)
    await assert.rejects(set(current!, { isDefault: false }), {
      code: 'VALUE_INVALID',
      message: /only given to another/,
    })
    await assert.rejects(service()('removeDatabase', { params: { identity: current! } }), {
      code: 'STATE_FORBIDS',
      message: /make another one the default first/,
    })
    const other = made.find(({ identity }) => identity !== current)!
    await set(other.identity, { isDefault: true })
    await service()('removeDatabase', { params: { identity: current! } })
    assert.deepEqual(await defaults(), [other.identity])
  })

  test('one that a batch or a row uses stays, and both are named', async () => {
    const [whole, row] = [await maildir(), await maildir()]
    const { pool } = world.store
    const endpointId = randomUUID()
    await pool.query(
      `INSERT INTO migration_endpoint VALUES ($1, 'e', 'e', 'IMAP', 'old.example', 993, 'Ssl', 'Basic', false, false, 20, 10)`,
      [endpointId],
    )
    const batchId = randomUUID()
    await pool.query(
      `INSERT INTO migration_batch (id, name, name_key, type, endpoint_id, database_id, choices, columns, submitted_by)
       VALUES ($1, 'Moves', 'moves', 'IMAP', $2, $3, '{}', '{EmailAddress}', 'test')`,
      [batchId, endpointId, whole.guid],
    )
    await pool.query(
      `INSERT INTO migration_user (id, batch_id, row_number, address, address_key, user_name, database_id, cells, holds,
         source_key, target_key, status) VALUES ($1, $2, 1, 'a@x', 'a@x', 'a', $3, '{}', true, 's', 't', 'Queued')`,
      [randomUUID(), batchId, row.guid],
    )
    const usersOf = async (identity: string) => (await service()('getDatabase', { params: { identity } })).batches
    assert.deepEqual([await usersOf(whole.identity), await usersOf(row.identity)], [['Moves'], ['Moves']])
    const listed = (await list()).map(({ identity, batches }) => [identity, batches.length])
    assert.deepEqual(
      listed.filter(([, count]) => count !== 0).map(([identity]) => identity),
      [whole.identity, row.identity].sort(),
    )
    const remove = (identity: string) => service()('removeDatabase', { params: { identity } })
    await assert.rejects(remove(whole.identity), { code: 'OBJECT_IN_USE', message: /is used by batch "Moves"/ })
    await assert.rejects(remove(row.identity), { code: 'OBJECT_IN_USE', message: /is used by rows of batch "Moves"/ })
    await pool.query('DELETE FROM migration_batch WHERE id = $1', [batchId])
    await remove(whole.identity)
    await remove(row.identity)
    await assert.rejects(remove(row.identity), { code: 'OBJECT_NOT_FOUND' })
  })

  test('the list is searched by a part of the name, and sorted by kind, place and who uses it', async () => {
    await imap({ name: 'Sought B', server: 'b.example' })
    await imap({ name: 'sought A', server: 'c.example' })
    await maildir({ name: 'SOUGHT C' })
    const found = async (sort: string) =>
      (await service()('listDatabases', { query: { search: 'Sought', sort } })).items.map(({ identity }) => identity)
    assert.deepEqual(await found('name'), ['sought A', 'Sought B', 'SOUGHT C'])
    assert.deepEqual(await found('-where'), ['sought A', 'Sought B', 'SOUGHT C'])
    assert.deepEqual((await found('-kind'))[0], 'SOUGHT C')
    await assert.rejects(found('password'), { code: 'VALUE_INVALID' })
  })

  test('names are one without regard to case; an unknown identity is not found', async () => {
    const { guid } = await imap({ name: 'New Mail' })
    await assert.rejects(imap({ name: 'NEW mail' }), { code: 'NAME_TAKEN' })
    await assert.rejects(maildir({ name: 'NEW mail', path: inRoots('taken') }), { code: 'NAME_TAKEN' })
    assert.ok(!existsSync(inRoots('taken')))
    assert.equal((await service()('getDatabase', { params: { identity: 'nEW MAIL' } })).guid, guid)
    for (const identity of ['*', 'nobody', randomUUID()]) {
      const params = { identity }
      await assert.rejects(service()('getDatabase', { params }), { code: 'OBJECT_NOT_FOUND' })
      await assert.rejects(service()('removeDatabase', { params }), { code: 'OBJECT_NOT_FOUND' })
      await assert.rejects(service()('testDatabase', { params, body: {} }), { code: 'OBJECT_NOT_FOUND' })
    }
  })

  test('a user without a password and a database without a template: the question is asked, of the right person', async () => {
    const { identity } = await imap()
    await assert.rejects(targetOf(identity, user()), {
      code: 'TARGET_LOGIN_OPEN',
      scope: 'login',
      remedy: /Give the database a log-in template/,
    })
    const own = await targetOf(identity, user({ targetUserName: 'al', targetPassword: 'own' }))
    assert.equal(own.identity.login, 'al')
  })

  test('a value that would log in as somebody else is refused, also when the template came after the row', async () => {
    const { identity } = await imap(ADMIN)
    for (const value of ['victim*admin', 'victim%x', 'victim\\x', 'victim\r\nx']) {
      await assert.rejects(
        targetOf(identity, user({ targetUserName: value })),
        { code: 'TARGET_LOGIN_TEMPLATE', scope: 'login' },
        value,
      )
    }
  })

  test('an Imap database is reached, opened as its administrator and written to', async (t) => {
    const skip = dovecotMissing()
    if (skip) return t.skip(skip)
    await using server = await startDovecot({
      users: { 'alice@x.example': 'pass of alice', 'bob@x.example': 'pass of bob' },
      masters: { migrator: PASSWORD },
    })
    const at = { server: '127.0.0.1', port: server.port, security: 'None', skipVerification: false } as const
    const { identity } = await imap({ ...at, ...ADMIN })
    assert.match((await tryOut(identity)).message, /answers on port .* Nobody was logged in/)
    const opened = await tryOut(identity, { testMailbox: 'alice@x.example' })
    assert.deepEqual([opened.result, /alice@x\.example was opened: \d+ folder/.test(opened.message)], ['Success', true])
    const nobody = await tryOut(identity, { testMailbox: 'nobody@x.example' })
    assert.equal(nobody.result, 'Failed')
    assert.ok(!JSON.stringify(nobody).includes(PASSWORD))
    const stolen = await tryOut(identity, { testMailbox: 'bob*migrator@x.example' })
    assert.equal(stolen.result, 'Failed')
    await using target = await (await targetOf(identity, user())).open()
    assert.equal((await target.create(['Made'], null)).raw, 'Made')
    const mail = server.accounts.get('alice@x.example')!.mail
    assert.ok(readdirSync(mail).includes('.Made'))
    const own = await targetOf(identity, user({ emailAddress: 'bob@x.example', targetPassword: 'pass of bob' }))
    await using _own = await own.open()
  })

  test('a server that cannot be reached is not stored, and testing it is a result', async () => {
    const name = fresh()
    const at = { server: '127.0.0.1', port: 1 }
    await assert.rejects(imap({ name, ...at, skipVerification: false }), {
      code: 'MIGRATION_SERVER_CONNECTION_FAILED',
      message: /^The mail server 127\.0\.0\.1 could not be reached/,
    })
    assert.ok(!(await list()).some(({ identity }) => identity === name))
    await imap({ name, ...at })
    const answer = await tryOut(name)
    assert.equal(answer.result, 'Failed')
    assert.match(answer.errorDetail, /firewall/)
    await assert.rejects(set(name, { port: 2 }), { code: 'MIGRATION_SERVER_CONNECTION_FAILED' })
    assert.equal((await findDatabase(world.store, name)).port, 1)
    // Nobody is contacted for what does not change the way there.
    assert.equal((await set(name, { ...ADMIN })).hasAdminPassword, true)
    await assert.rejects(imap({ security: 'None' }), { code: 'VALUE_INVALID', message: /clear text/ })
  })

  test('a Maildir database is the mailbox of the address, written below its path', async () => {
    const { identity, path } = await maildir({ path: inRoots('written', '{domain}', '{local}') })
    const target = await targetOf(identity, user({ emailAddress: 'Alice@X.example' }))
    assert.deepEqual(target.identity, { kind: 'Maildir', place: path, login: 'Alice@X.example' })
    await using open = await target.open()
    await open.create(['Made'], null)
    assert.ok(existsSync(inRoots('written', 'x.example', 'alice', '.Made', 'cur')))
    assert.equal(readFileSync(inRoots('written', 'x.example', 'alice', '.Made', 'maildirfolder'), 'utf8'), '')
  })
})
