/**
 * Users, three workers on one PostgreSQL. A worker is killed with -9, another is frozen inside a literal, before the
 * last byte and before the landing and woken after somebody else has finished its passes; server and PostgreSQL are
 * killed meanwhile. It ends Synced, with everything there once, on the target and in the ledger.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Client } from 'pg'
import { stateOf, until } from '#test/crash/until.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { type DovecotServer, dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { postgresMissing } from '#test/servers/postgres.ts'
import { send } from '#test/servers/processes.ts'
import { compare } from '#test/worlds/compare.ts'
import { plantMaildir } from '#test/worlds/maildir-files.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import { wrongTotals } from './user-totals.ts'
import { Fleet } from './workers-world.ts'
import { everydayMailbox } from './world.ts'
import { removeFolder } from '#test/remove-folder.ts'

const MESSAGES = 12
const skip = dovecotMissing() || postgresMissing()

export interface KillsPart {
  readonly users: number
  /** Where a worker is frozen. */
  readonly point: 'append.inside' | 'append.last-byte' | 'land.before'
  readonly killed: 'server' | 'PostgreSQL'
}

export const killsSuite = (chosen: readonly KillsPart[]) => {
  const USERS = chosen.reduce((sum, { users }) => sum + users, 0)
  const parts = chosen.map((part, index) => {
    const from = chosen.slice(0, index).reduce((sum, { users }) => sum + users, 0)
    return { ...part, from, to: from + part.users }
  })
  describe(`three workers, ${USERS} users`, { skip }, () => {
    const stack = new AsyncDisposableStack()
    const folder = temporaryFolder('kills')
    const names = Array.from({ length: USERS }, (_, index) => `k${index}`)
    let source: DovecotServer
    let target: DovecotServer
    let fleet: Fleet

    before(async () => {
      stack.defer(() => removeFolder(folder))
      source = stack.use(
        await startDovecot({
          users: Object.fromEntries(names.map((name) => [name, 'pass'])),
          extra: 'mail_max_userip_connections = 100\nservice imap-login {\n  process_min_avail = 2\n}\n',
          beforeStart(accounts, owner) {
            for (const [index, name] of names.entries())
              plantMaildir(accounts.get(name)!.mail, everydayMailbox(index, MESSAGES), owner)
          },
        }),
      )
      target = stack.use(
        await startDovecot({
          users: Object.fromEntries(names.map((name) => [name, 'x'])),
          masters: { admin: 'secret' },
        }),
      )
      fleet = stack.use(await Fleet.start(folder))
      await fleet.server.newEndpoint('Source', source)
      await fleet.server.must('POST', '/databases', {
        name: 'Target',
        kind: 'Imap',
        server: '127.0.0.1',
        port: target.port,
        security: 'None',
        loginTemplate: '{local}*{admin}',
        adminUserName: 'admin',
        adminPassword: 'secret',
      })
      fleet.startWorker({ name: 'steady', concurrency: 4 })
    })
    after(() => stack.disposeAsync())

    for (const [index, { point, from, to, killed: victim }] of parts.entries()) {
      test(`frozen at ${point} and woken after another has finished; one killed with -9; ${victim} killed`, async () => {
        const batch = `Part ${index + 1}`
        const frozen = fleet.startWorker({ name: 'frozen', concurrency: 4, crash: `${point}:6:stop` })
        const killed = fleet.startWorker({ name: 'killed', concurrency: 4 })
        await fleet.patiently(() =>
          fleet.server.newBatch(
            batch,
            names.slice(from, to).map((name) => [name] as const),
            { autoStart: true, targetDatabases: ['Target'] },
          ),
        )
        const isFrozen = () => stateOf(frozen.child.pid!) === 'T'
        await until('a worker is frozen', isFrozen)
        const frozenName = new RegExp(` ${frozen.child.pid}$`)
        const before_ = await fleet.patiently(() => fleet.server.events())
        const held = before_.filter(
          ({ kind, worker, facts }) =>
            kind === 'pass.started' &&
            frozenName.test(worker ?? '') &&
            !before_.some((other) => other.kind === 'pass.ended' && other.facts['pass'] === facts['pass']),
        )
        assert.ok(held.length > 0, 'the frozen worker held passes')

        send(killed.child.pid!, 'SIGKILL')
        await killed.ended
        if (victim === 'PostgreSQL') {
          await fleet.postgres.kill()
          await fleet.postgres.restart()
        } else {
          send(fleet.server.running.child.pid!, 'SIGKILL')
          await fleet.server.running.ended
          await fleet.startServer()
        }

        // Its passes were given to another, and that one has ended them.
        const users = new Set(held.map(({ user }) => user))
        await until('another has finished what the frozen one held', async () => {
          const events = await fleet.patiently(() => fleet.server.events())
          const done = events.filter(
            ({ kind, user, worker, facts }) =>
              kind === 'pass.ended' &&
              users.has(user) &&
              !frozenName.test(worker ?? '') &&
              facts['result'] === 'Synced',
          )
          return new Set(done.map(({ user }) => user)).size === users.size
        })
        assert.ok(isFrozen(), 'it is frozen still')
        send(frozen.child.pid!, 'SIGCONT')
        await fleet.patiently(() => fleet.server.reaches(batch, 'Synced', 30_000))
        frozen.child.kill('SIGTERM')
        await frozen.ended
      })
    }

    test('nothing is missing and nothing is there twice, on the target', async () => {
      const differences: string[] = []
      for (const name of names) {
        const before_ = await snapshot({ host: '127.0.0.1', port: source.port, user: name, password: 'pass' })
        const there = await snapshot({
          host: '127.0.0.1',
          port: target.port,
          user: `${name}*admin`,
          password: 'secret',
        })
        differences.push(...compare(before_, there, { subscriptions: false }).map((one) => `${name}: ${one}`))
      }
      assert.deepEqual(differences, [])
    })

    test('every message is in the ledger once, and no intent is open', async () => {
      const client = new Client({ connectionString: fleet.postgres.url })
      await client.connect()
      try {
        const { rows } = await client.query<{ login: string; n: string; targets: string }>(
          `SELECT m.source_user AS login, sum(g.n) AS n, count(DISTINCT m.id) AS targets
         FROM message_group g JOIN folder f ON f.ref = g.folder_ref JOIN mailbox m ON m.id = f.mailbox_id GROUP BY 1`,
        )
        assert.equal(rows.length, USERS)
        assert.deepEqual(
          rows.filter(({ n, targets }) => Number(n) !== MESSAGES || Number(targets) !== 1),
          [],
        )
        assert.deepEqual(await wrongTotals(client), [], 'what is counted of users is right')
        assert.equal((await client.query('SELECT 1 FROM intent')).rowCount, 0)
        assert.equal((await client.query('SELECT 1 FROM slot')).rowCount, 0)
        assert.equal(
          (
            await client.query(`SELECT 1 FROM migration_user WHERE status <> 'Synced' OR synced_items <> $1`, [
              MESSAGES,
            ])
          ).rowCount,
          0,
        )
        // What a process had carried and not told of when it was killed is in none, and nothing is in two.
        const { rows: told } = await client.query<{ passes: string; periods: string; users: string }>(
          `SELECT (SELECT sum(items) FROM pass_total) AS passes, (SELECT sum(items) FROM throughput) AS periods,
             (SELECT sum(transferred_items) FROM migration_user) AS users`,
        )
        assert.equal(told[0]!.periods, told[0]!.passes)
        assert.equal(told[0]!.users, told[0]!.passes)
        assert.ok(Number(told[0]!.periods) <= USERS * MESSAGES, told[0]!.periods)
      } finally {
        await client.end()
      }
    })

    test('one more pass appends nothing', async () => {
      for (const { from, to } of parts) {
        const batch = `Part ${parts.findIndex((part) => part.from === from) + 1}`
        const last = (await fleet.server.events()).at(-1)!.id
        await fleet.server.must('PATCH', `/batches/${encodeURIComponent(batch)}`, { syncNow: true })
        await until('all were synced again', async () => {
          const ended = (await fleet.server.events(last)).filter(({ kind }) => kind === 'pass.ended')
          return ended.length >= to - from
        })
        const ended = (await fleet.server.events(last)).filter(({ kind }) => kind === 'pass.ended')
        assert.deepEqual(
          ended.filter(({ facts }) => facts['items'] !== 0 || facts['result'] !== 'Synced').map(({ user }) => user),
          [],
        )
      }
    })
  })
}
