/**
 * docs/operations.md, typed: a server and two workers on one PostgreSQL of Debian's, from an empty machine to a batch
 * that is Synced. Only what `table` and typed-commands.ts name is other than it stands there.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { test } from 'node:test'
import type { MigrationBatch } from '#contract/batch.ts'
import type { ServiceEvent } from '#contract/organization.ts'
import type { MigrationWorker } from '#contract/worker.ts'
import { until } from '#test/crash/until.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { selfSigned } from '#test/servers/certificate.ts'
import { dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { postgresMissing, startPostgres } from '#test/servers/postgres.ts'
import { compare } from '#test/worlds/compare.ts'
import { plantMaildir } from '#test/worlds/maildir-files.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import { removeFolder } from '#test/remove-folder.ts'
import { type Machine, replaced, type, typedBlocks, unitOf } from './typed-commands.ts'
import { TUNING, csvOf, everydayMailbox } from './world.ts'

const REPOSITORY = join(import.meta.dirname, '../..')
const HOSTS = ['waybill', 'worker1', 'worker2']
/** More than one worker's 20, and as many slots: both must help. */
const USERS = Array.from({ length: 24 }, (_, n) => `user${n}`)

test(
  'the three hosts of docs/operations.md, typed as written, run a batch to Synced, both workers helping',
  { skip: dovecotMissing() || postgresMissing() },
  async () => {
    await using stack = new AsyncDisposableStack()
    const folder = temporaryFolder('operations')
    stack.defer(() => removeFolder(folder))
    const users = Object.fromEntries(USERS.map((user) => [user, 'pass']))
    const certificate = selfSigned()
    const old = stack.use(
      await startDovecot({
        users,
        certificate,
        beforeStart(accounts, owner) {
          for (const [n, user] of USERS.entries())
            plantMaildir(accounts.get(user)!.mail, everydayMailbox(n * 10, 2), owner)
        },
      }),
    )
    const fresh = stack.use(await startDovecot({ users, certificate, masters: { migrator: 'geheim' } }))
    const postgres = stack.use(await startPostgres())
    // Typed, they are made.
    for (const sql of ['DROP DATABASE waybill', 'DROP ROLE waybill'])
      execFileSync('psql', ['-q', '-X', '-d', postgres.adminUrl, '-c', sql])
    const at = (server: typeof old) => ({ host: '127.0.0.1', port: server.port, password: 'pass' })

    const own = (host: string, name: string) => join(folder, host, name)
    const table: Machine['table'] = (host) => [
      ['waybill.example.com:5432', `localhost:${postgres.port}`],
      ['CN=waybill.example.com', 'CN=localhost'],
      ['DNS:waybill.example.com', 'DNS:localhost'],
      ['imap.old.example.com -Port 993', `localhost -Port ${old.tlsPort}`],
      ['imap.new.example.com -Port 993', `localhost -Port ${fresh.tlsPort}`],
      ['/etc/postgresql/15/main', join(postgres.folder, 'data')],
      ['/opt/waybill/waybill', join(REPOSITORY, 'waybill')],
      ['/etc/waybill', own(host, 'etc')],
      ['/var/lib/waybill', own(host, 'data')],
      ['/root/', `${own(host, 'root')}/`],
    ]
    const authorities = join(folder, 'authorities.pem')
    writeFileSync(authorities, certificate.cert)
    const admin = new URL(postgres.adminUrl)
    /** Of a machine of this kind only, and root's own places for the settings. */
    const environment = {
      WAYBILL_ALLOW_LOOPBACK: '1',
      WAYBILL_MAILDIR_ROOTS: tmpdir(),
      WAYBILL_TCP: 'false',
      WAYBILL_TUNING: JSON.stringify(TUNING),
      DATABASE_URL: '',
      NODE_EXTRA_CA_CERTS: authorities,
    }
    const started = new Map<string, ChildProcess>()
    let said = ''
    stack.defer(async () => {
      // The workers first, as the document says of an upgrade.
      for (const [, child] of [...started].reverse()) {
        if (child.exitCode === null) child.kill('SIGTERM')
        await until('it has ended', () => child.exitCode !== null || child.signalCode !== null)
      }
    })
    const machine: Machine = {
      folder,
      table,
      env: {
        ...environment,
        PGHOST: '127.0.0.1',
        PGPORT: admin.port,
        PGUSER: 'postgres',
        PGPASSWORD: admin.password,
        PGDATABASE: 'postgres',
      },
      async systemctl(host, words) {
        if (words.join(' ') === 'restart postgresql') return postgres.restart()
        const name = /^enable --now (waybill(?:-worker)?)$/.exec(words.join(' '))?.[1]
        assert.ok(name, `systemctl ${words.join(' ')}`)
        const unit = unitOf(replaced(readFileSync(join(REPOSITORY, `deploy/${name}.service`), 'utf8'), table(host)))
        const child = spawn('/bin/sh', ['-c', `exec ${unit.start}`], {
          env: { ...process.env, ...environment, ...unit.env },
          stdio: ['ignore', 'ignore', 'pipe'],
        })
        child.stderr.setEncoding('utf8').on('data', (text: string) => (said += `${host}: ${text}`))
        started.set(host, child)
        if (unit.startPost === null) return
        const post = spawn('/bin/sh', ['-c', `exec ${unit.startPost}`], {
          env: { ...process.env, MAINPID: String(child.pid) },
          stdio: 'ignore',
        })
        await until('the unit has started', () => post.exitCode !== null || child.exitCode !== null)
        assert.equal(child.exitCode, null, said)
      },
    }
    for (const host of HOSTS) {
      // What docs/install.md has made: /etc/waybill, and the command for root, whose usual places these are.
      for (const name of ['etc', 'root', 'bin']) mkdirSync(own(host, name), { recursive: true })
      const command = `#!/bin/sh\nWAYBILL_CONFIG=${own(host, 'etc')}/waybill.toml WAYBILL_DATA=${own(host, 'data')} exec ${REPOSITORY}/waybill "$@"\n`
      writeFileSync(join(own(host, 'bin'), 'waybill'), command, { mode: 0o755 })
    }
    writeFileSync(join(own('waybill', 'root'), 'migrator.password'), 'geheim\n', { mode: 0o600 })
    writeFileSync(join(own('waybill', 'root'), 'users.csv'), csvWithTargets(), { mode: 0o600 })

    const ask = <T>(path: string) =>
      new Promise<T>((resolve, reject) => {
        const socketPath = join(own('waybill', 'data'), 'run', 'api.sock')
        request({ socketPath, path: `/api/v1${path}`, agent: false }, (response) => {
          json(response).then((body) => resolve(body as T), reject)
        })
          .on('error', reject)
          .end()
      })
    const blocks = typedBlocks(readFileSync(join(REPOSITORY, 'docs/operations.md'), 'utf8'))
    assert.deepEqual(
      blocks.map(({ hosts }) => hosts.join()),
      ['waybill', 'waybill', 'waybill', 'worker1,worker2', 'waybill'],
    )
    const last = blocks.pop()!
    for (const { hosts, text } of blocks) for (const host of hosts) await type(machine, host, text)
    const workers = async () => (await ask<{ items: MigrationWorker[] }>('/workers')).items
    await until('two workers live', async () => (await workers()).filter(({ isAlive }) => isAlive).length === 2)
    const told = await type(machine, 'waybill', last.text)
    assert.match(told, /Batch1/)

    let batch: MigrationBatch | null = null
    await until('the batch is Synced', async () => {
      batch = await ask<MigrationBatch>('/batches/Batch1')
      assert.ok(!['Failed', 'SyncedWithErrors'].includes(batch.status), JSON.stringify(batch))
      return batch.status === 'Synced'
    }).catch((thrown: unknown) => {
      throw new Error(`${String(thrown)}; ${JSON.stringify(batch)}\n${said}`, { cause: thrown })
    })
    const { items: events } = await ask<{ items: ServiceEvent[] }>('/events?limit=10000')
    const helped = new Set(events.flatMap(({ kind, worker }) => (kind === 'pass.started' ? [worker] : [])))
    assert.deepEqual([...helped].sort(), (await workers()).map(({ name }) => name).sort())
    assert.equal(helped.size, 2)
    for (const user of [USERS[0]!, USERS.at(-1)!]) {
      const there = await snapshot({ ...at(fresh), user })
      assert.deepEqual(compare(await snapshot({ ...at(old), user }), there), [])
    }
  },
)

/** The log-in of the target's administrator names the mailbox by TargetUserName. */
function csvWithTargets(): string {
  const [head, ...rows] = csvOf(USERS.map((user) => [user] as const)).split('\r\n')
  return [`${head},TargetUserName`, ...rows.map((row, n) => (row === '' ? row : `${row},${USERS[n]}`))].join('\r\n')
}

test('a service that ends while it starts fails its unit at once, which is then started again', () => {
  const { startPost } = unitOf(readFileSync(join(REPOSITORY, 'deploy/waybill.service'), 'utf8'))
  const gone = spawnSync('/bin/true').pid
  const command = startPost!.replaceAll('/var/lib/waybill', '/nonexistent/waybill')
  const waited = spawnSync('/bin/sh', ['-c', `exec ${command}`], {
    env: { ...process.env, MAINPID: String(gone) },
    timeout: 10_000,
  })
  assert.equal(waited.status, 1)
})
