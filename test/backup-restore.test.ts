/** `waybill backup` and `waybill restore`: everything comes back, and what cannot come back whole is refused before. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  closeSync,
  openSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { buffer, text } from 'node:stream/consumers'
import { gunzipSync, gzipSync } from 'node:zlib'
import { Client } from 'pg'
import { extract, pack } from 'tar-stream'
import { silentLog } from '#base/log.ts'
import { instanceSigner } from '#migration/waybill/signer.ts'
import { inTransaction } from '#store/ledger/transaction.ts'
import { openStore } from '#store/open.ts'
import { SEALED_COLUMNS } from '#store/sealed-columns.ts'
import { openSecrets } from '#store/secrets.ts'
import { schemaFiles } from '#store/schema.ts'
import { startedBefore } from '#test/data-folder.ts'
import { type Ended, startWaybill, temporaryFolder, waybill } from '#test/migrate/run-waybill.ts'
import { until } from '#test/crash/until.ts'
import { removeFolder } from '#test/remove-folder.ts'
import { postgresMissing, startPostgres } from '#test/servers/postgres.ts'
import { environment } from '#test/service/world.ts'
import { wrongTotals } from './service/user-totals.ts'
import { type Rows, allRows, downgrade } from './older-schema.ts'
import { representativeRows } from './representative-rows.ts'

const path = temporaryFolder('backup')
const original = join(path, 'original')
const withKey = join(path, 'with-key.tar.gz')
const withoutKey = join(path, 'without-key.tar.gz')
const REPORT = 'reports/2026/a@contoso.example.1.waybill.jsonl'
let wholeState: Rows
let folders = 0
const fresh = () => join(path, `restored-${++folders}`)

const run = (args: readonly string[], dataFolder: string, more: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  waybill(args, { ...environment({ dataFolder }), ...more })
const open = (dataFolder: string, databaseUrl?: string) => openStore({ dataFolder, databaseUrl, log: silentLog })

/** Of a service that was started once and has nothing yet. */
async function unused(): Promise<string> {
  const folder = fresh()
  await startedBefore(folder)
  return folder
}

async function restored(file: string, args: readonly string[] = [], folder?: string): Promise<string> {
  const to = folder ?? (await unused())
  const ended = await run(['restore', file, ...args], to)
  assert.equal(ended.code, 0, ended.stderr)
  return to
}

interface ManifestTables {
  tables: object[]
}

/** A copy whose manifest `change` has changed. */
async function rewritten(file: string, copy: string, change: (manifest: ManifestTables) => void): Promise<void> {
  const [taken, made] = [extract(), pack()]
  const bytes = buffer(made)
  taken.on('entry', (header, stream, next) => {
    void buffer(stream).then((body) => {
      if (header.name !== 'manifest.json') {
        made.entry(header, body, next)
        return
      }
      const manifest = JSON.parse(body.toString()) as ManifestTables
      change(manifest)
      made.entry({ name: header.name, mode: 0o600 }, JSON.stringify(manifest), next)
    })
  })
  taken.on('finish', () => made.finalize())
  taken.end(gunzipSync(readFileSync(file)))
  writeFileSync(copy, gzipSync(await bytes))
}

async function refused(ended: Promise<Ended>, code: number, said: RegExp): Promise<void> {
  const { code: exit, stderr } = await ended
  assert.match(stderr, said)
  assert.equal(exit, code, stderr)
}

/** What a restore changes on purpose: who is at work, epochs and leases, where reports lie. */
const CHANGED: Readonly<Record<string, readonly string[]>> = {
  mailbox: ['epoch', 'lease_fence', 'lease_holder', 'unclean_until'],
  migration_user: ['job_id', 'job_attempt', 'pass_token', 'restart', 'status', 'status_since', 'next_at'],
  migration_pass: ['result', 'ended_at', 'waybill'],
  migration_batch: ['expiry_action', 'expiry_told'],
  waybill: ['path', 'host'],
  notification_delivery: ['state', 'code', 'said', 'settled_at', 'claim'],
}
const TOUCHED = ['ledger_epoch', 'schema_migration', 'slot', 'worker', 'csv_file', 'administrator_session']
  // What every start makes anew, and what counts passes that were under way, or users by their status.
  .concat('first_password', 'idempotency_key', 'known_network', 'openid_pending', 'pass_total', 'user_total')

function comparable(rows: Rows): Rows {
  const kept = Object.entries(rows).filter(([name]) => !TOUCHED.includes(name))
  return Object.fromEntries(
    kept.map(([name, lines]) => [
      name,
      lines.flatMap((line) => {
        const row = JSON.parse(line) as Record<string, unknown>
        // What the commands themselves write into the audit log.
        if (String(row['cmdlet']).startsWith('waybill ')) return []
        for (const column of CHANGED[name] ?? []) delete row[column]
        return [JSON.stringify(row)]
      }),
    ]),
  )
}

const rowsOf = async (dataFolder: string, databaseUrl?: string) => {
  await using store = await open(dataFolder, databaseUrl)
  return comparable(await allRows(store.pool))
}

async function fill(): Promise<void> {
  await using store = await open(original)
  const secrets = await openSecrets(store)
  instanceSigner(store.dataFolder.keys)
  await inTransaction(store.pool, async (client) => {
    await representativeRows(client)
    await client.query('DELETE FROM secret_key WHERE id <> $1', [secrets.keyId])
    for (const { table, column, id, key, keyOfId } of SEALED_COLUMNS) {
      for (const row of (await client.query<{ id: string }>(`SELECT ${id} AS id FROM ${table}`)).rows)
        await client.query(
          `UPDATE ${table} AS s SET ${column} = $2 FROM (SELECT $1::text AS id) AS t WHERE ${key} = ${keyOfId}`,
          [row.id, secrets.seal(`secret ${row.id}`, { table, id: row.id, column })],
        )
    }
    await client.query(`UPDATE waybill SET host = NULL, path = $1`, [join(original, REPORT)])
    await client.query(`UPDATE migration_user SET status = 'Syncing', job_id = gen_random_uuid()`)
  })
  mkdirSync(join(original, 'reports/2026'), { recursive: true })
  writeFileSync(join(original, REPORT), '{"kind":"header"}\n')
  wholeState = comparable(await allRows(store.pool))
}
before(async () => {
  await startedBefore(original)
  await fill()
  for (const [file, ...more] of [[withKey, '--with-key'], [withoutKey]] as const) {
    const ended = await run(['backup', file, ...more], original)
    assert.equal(ended.code, 0, ended.stderr)
  }
})
after(() => removeFolder(path))

describe('what comes back', () => {
  test('every row, the reports and the keys; nobody is at work, and the ledger is in a new epoch', async () => {
    const folder = await restored(withKey, [], fresh())
    assert.deepEqual(await rowsOf(folder), wholeState)
    assert.equal(readFileSync(join(folder, REPORT), 'utf8'), '{"kind":"header"}\n')
    for (const name of ['secrets.key', 'waybill-ed25519.pem']) {
      assert.deepEqual(readFileSync(join(folder, 'keys', name)), readFileSync(join(original, 'keys', name)))
      assert.equal(statSync(join(folder, 'keys', name)).mode & 0o777, 0o600)
    }
    await using store = await open(folder)
    const one = async (sql: string) => Object.values((await store.pool.query<Record<string, unknown>>(sql)).rows[0]!)
    assert.deepEqual(await one(`SELECT min(epoch), max(epoch), count(lease_holder) FROM mailbox`), [3, 3, 0])
    assert.deepEqual(
      await one(`SELECT count(*) FROM migration_user WHERE status <> 'Synced' OR job_id IS NOT NULL`),
      [0],
    )
    assert.deepEqual(await wrongTotals(store.pool), [])
    assert.deepEqual(await one(`SELECT DISTINCT path FROM waybill`), [join(folder, REPORT)])
    assert.deepEqual(await one(`SELECT count(*) FROM admin_audit WHERE cmdlet IN ('waybill restore')`), [1])
    // Numbers that were given out are not given out again.
    assert.deepEqual(await one(`INSERT INTO event (kind) VALUES ('x') RETURNING id > (SELECT max(id) FROM event)`), [
      true,
    ])
    const secrets = await openSecrets(store)
    const { rows } = await store.pool.query<{ id: string; password: Buffer }>('SELECT id, password FROM migration_user')
    for (const { id, password } of rows)
      assert.equal(secrets.open(password, { table: 'migration_user', id, column: 'password' }), `secret ${id}`)
  })

  test('without the key in it: the key of --keys, of the data folder, or no secrets at all', async () => {
    const keys = join(path, 'keys-apart')
    cpSync(join(original, 'keys'), keys, { recursive: true })
    assert.deepEqual(await rowsOf(await restored(withoutKey, ['--keys', keys])), wholeState)
    const prepared = await unused()
    cpSync(join(original, 'keys/secrets.key'), join(prepared, 'keys/secrets.key'))
    assert.deepEqual(await rowsOf(await restored(withoutKey, [], prepared)), wholeState)
    // The key that signed the waybills of the backup is known, though it is not there.
    assert.deepEqual(readdirSync(join(prepared, 'keys/known')).length, 1)

    const bare = await restored(withoutKey, ['--without-secrets'])
    await using store = await open(bare)
    const { rows } = await store.pool.query(
      'SELECT 1 FROM migration_user WHERE password IS NOT NULL OR target_password IS NOT NULL',
    )
    assert.deepEqual(rows, [])
    await openSecrets(store)
  })

  test('a backup of an older schema is brought up to this one', async () => {
    const [folder, file] = [await restored(withKey), join(path, 'older.tar.gz')]
    {
      await using store = await open(folder)
      await downgrade(store.pool, 3)
    }
    assert.equal((await run(['backup', file], folder)).code, 0)
    const again = await restored(file, ['--keys', join(original, 'keys')])
    await using store = await open(again)
    const { rows } = await store.pool.query<{ number: number }>('SELECT number FROM schema_migration ORDER BY number')
    assert.deepEqual(
      rows.map(({ number }) => number),
      schemaFiles().map(({ number }) => number),
    )
    const there = comparable(await allRows(store.pool))
    for (const table of ['mailbox', 'folder', 'message_group', 'migration_endpoint', 'skipped'])
      assert.deepEqual(there[table], wholeState[table], table)
    assert.deepEqual(await wrongTotals(store.pool), [])
  })

  test('into the oldest PostgreSQL that is here, and back', { skip: postgresMissing() }, async () => {
    await using postgres = await startPostgres()
    const [folder, file, bent] = [fresh(), join(path, 'external.tar.gz'), join(path, 'names-others.tar.gz')]
    const external = { DATABASE_URL: postgres.url }
    await using others = new AsyncDisposableStack()
    const client = new Client({ connectionString: postgres.url })
    await client.connect()
    others.defer(() => client.end())
    await client.query('CREATE TABLE payroll (n int); INSERT INTO payroll VALUES (1); CREATE SCHEMA pgboss')
    const payroll = async () => (await client.query('SELECT n FROM payroll')).rows.length
    // A table of other software in the same database is not in the backup, and no manifest reaches it.
    await rewritten(withKey, bent, (manifest) => {
      const none = createHash('sha256').digest('hex')
      manifest.tables.push({ name: 'payroll', columns: ['n'], rows: 0, bytes: 0, sha256: none })
    })
    await refused(run(['restore', bent], folder, external), 3, /has a table payroll/)
    assert.equal((await client.query(`SELECT to_regnamespace('pgboss') IS NULL AS gone`)).rows[0].gone, false)
    const ended = await run(['restore', withKey], folder, external)
    assert.equal(ended.code, 0, ended.stderr)
    assert.deepEqual(await rowsOf(folder, postgres.url), wholeState)
    assert.equal((await run(['backup', file, '--with-key'], folder, external)).code, 0)
    assert.deepEqual(await rowsOf(await restored(file)), wholeState)
    {
      await using _busy = await open(folder, postgres.url)
      await refused(run(['restore', withKey, '--force', '--yes'], folder, external), 4, /Other processes of Waybill/)
      await refused(run(['rotate-key'], folder, external), 4, /Other processes of Waybill/)
    }
    assert.equal((await run(['restore', withKey, '--force', '--yes'], folder, external)).code, 0)
    assert.deepEqual(await rowsOf(folder, postgres.url), wholeState)
    assert.equal(await payroll(), 1)

    // Killed, and then given elsewhere or at a bad moment: the first one is still not finished, and nothing else is lost.
    const killed = await run(['restore', withKey, '--force', '--yes'], folder, {
      ...external,
      WAYBILL_CRASH: 'restore.committed',
    })
    assert.equal(killed.signal, 'SIGKILL')
    {
      const busy = new Client({ connectionString: postgres.url, application_name: 'waybill' })
      await busy.connect()
      await refused(run(['restore', withKey], folder, external), 4, /Other processes of Waybill/)
      await busy.end()
    }
    await refused(run(['serve', '--no-tcp'], folder, external), 4, /was not finished/)
    await refused(run(['restore', file], folder, external), 3, /2 migration batches/)
    assert.equal((await run(['restore', withKey], folder, external)).code, 0)
  })
})

describe('what is refused, with nothing touched', () => {
  test('a backup that was cut off or changed, anywhere', async () => {
    const whole = readFileSync(withKey)
    const file = join(path, 'bent.tar.gz')
    const folder = fresh()
    for (const length of [0, 100, whole.length >> 1, whole.length - 20]) {
      writeFileSync(file, whole.subarray(0, length))
      await refused(run(['restore', file], folder), 3, /backup .* (is damaged|cannot be unpacked|was cut off|has )/)
    }
    const tar = gunzipSync(whole)
    for (const text of ['"kind":"header"', 'migration_user address 1', '"sha256": "']) {
      const bent = Buffer.from(tar)
      const at = bent.indexOf(text) + text.length - 1
      assert.ok(at > text.length)
      bent[at] = bent[at]! ^ 1
      writeFileSync(file, gzipSync(bent))
      await refused(run(['restore', file], folder), 3, /backup .* (is damaged|cannot be unpacked|was cut off|has )/)
    }
    // Names that would leave the folder.
    const climbing = Buffer.from(tar)
    climbing.write('files/reports/../../../climbed'.padEnd(REPORT.length + 6, '\0'), tar.indexOf(`files/${REPORT}`))
    writeFileSync(file, gzipSync(climbing))
    await refused(run(['restore', file], folder), 3, /backup .* (is damaged|cannot be unpacked|was cut off|has )/)
    assert.ok(!existsSync(folder))
  })

  test('a key that is not the one of the backup is exit 4', async () => {
    const folder = fresh()
    await refused(run(['restore', withoutKey], folder), 4, /secrets\.key is missing[^]*--keys[^]*--without-secrets/)
    const keys = join(path, 'keys-wrong')
    mkdirSync(keys)
    writeFileSync(join(keys, 'secrets.key'), Buffer.alloc(32, 7).toString('base64'))
    await refused(run(['restore', withoutKey, '--keys', keys], folder), 4, /is not the key of this backup/)
    assert.ok(!existsSync(folder))
  })

  test('a backup over a folder, with --force, too', async () => {
    const target = join(path, 'is-a-folder')
    mkdirSync(target)
    for (const force of [[], ['--force']])
      await refused(run(['backup', target, ...force], original), 3, /is-a-folder is a folder/)
    assert.deepEqual(readdirSync(target), [])
    assert.deepEqual(
      readdirSync(path).filter((name) => name.endsWith('.part')),
      [],
    )
  })

  test('a backup into an output that is full is exit 4, as is any other output, and no trace is shown', async () => {
    const intoFull = async (args: readonly string[]): Promise<Ended> => {
      using full = { fd: openSync('/dev/full', 'w'), [Symbol.dispose]: () => closeSync(full.fd) }
      const env = { ...process.env, ...environment({ dataFolder: original }) }
      const child = spawn(join(import.meta.dirname, '../waybill'), args, { env, stdio: ['ignore', full.fd, 'pipe'] })
      const stderr = text(child.stderr!)
      const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
      return { code, signal, stdout: '', stderr: await stderr }
    }
    const ended = await intoFull(['backup', '-'])
    await refused(Promise.resolve(ended), 4, /^waybill: The backup on standard output cannot be written: ENOSPC/m)
    assert.doesNotMatch(ended.stderr, /^ +at |The output cannot/m)
    const other = await intoFull(['config'])
    await refused(Promise.resolve(other), 4, /^waybill: The output cannot be written: ENOSPC/m)
    assert.doesNotMatch(other.stderr, /^ +at /m)
  })

  test('a backup of a newer Waybill', async () => {
    const [folder, file] = [await restored(withKey), join(path, 'newer.tar.gz')]
    {
      await using store = await open(folder)
      await store.pool.query(`INSERT INTO schema_migration VALUES (9999, '9999-x.sql', repeat('0', 64))`)
    }
    assert.equal((await run(['backup', file], folder)).code, 0)
    const target = fresh()
    await refused(run(['restore', file], target), 4, /newer Waybill/)
    assert.ok(!existsSync(target))
  })

  test('what is not empty, which is named; with --force and --yes it is replaced and its files stay aside', async () => {
    const folder = await restored(withKey)
    await refused(run(['restore', withKey], folder), 3, /2 migration batches, 2 migration users/)
    await refused(run(['restore', withKey, '--force'], folder), 3, /no terminal to ask on/)
    {
      await using store = await open(folder)
      await refused(run(['restore', withKey, '--force', '--yes'], folder), 4, /in use|another|uses/i)
      await store.pool.query(`UPDATE migration_endpoint SET name = 'changed'`)
    }
    await restored(withKey, ['--force', '--yes'], folder)
    assert.deepEqual(await rowsOf(folder), wholeState)
    const aside = readdirSync(folder).find((name) => name.startsWith('reports.before-'))
    assert.ok(existsSync(join(folder, aside!, REPORT.slice('reports/'.length))))
  })

  test('a folder that nobody used has nothing to back up', async () => {
    const folder = fresh()
    await refused(run(['backup', join(path, 'none.tar.gz')], folder), 4, /nothing to back up/)
    assert.ok(!existsSync(folder) && !existsSync(join(path, 'none.tar.gz')))
  })
})

test('killed while it makes the database: nothing starts on it, and the same command again makes it whole', async () => {
  const folder = fresh()
  const { child, ended } = startWaybill(['restore', withKey], environment({ dataFolder: folder }))
  await until(
    'the database is being made',
    () => existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('postgres')),
  )
  child.kill('SIGKILL')
  await ended
  await refused(run(['serve', '--no-tcp'], folder), 4, /was not finished.*again/s)
  await restored(withKey, [], folder)
  assert.deepEqual(await rowsOf(folder), wholeState)
})

test('a service that was only started is nothing to be replaced; one with a setting is', async () => {
  const folder = await unused()
  {
    await using store = await open(folder)
    await openSecrets(store)
  }
  const changed = await unused()
  {
    await using store = await open(changed)
    await store.pool.query(`UPDATE notification_setting SET smtp_server = 'smtp.contoso.example'`)
  }
  await refused(run(['restore', withKey], changed), 3, /0 migration batches/)
  await restored(withKey, [], folder)
})

for (const point of ['restore.begun', 'restore.loaded', 'restore.committed', 'restore.files']) {
  test(`killed at ${point}: nothing starts on it, and the same command again makes it whole`, async () => {
    const folder = await unused()
    const killed = await run(['restore', withKey], folder, { WAYBILL_CRASH: point })
    assert.equal(killed.signal, 'SIGKILL')
    await refused(run(['serve', '--no-tcp'], folder), 4, /was not finished.*again/s)
    await restored(withKey, [], folder)
    assert.deepEqual(await rowsOf(folder), wholeState)
    assert.ok(existsSync(join(folder, REPORT)))
  })
}

test('a backup without --with-key holds no key, and no secret is readable in either', () => {
  const key = readFileSync(join(original, 'keys/secrets.key'), 'utf8').trim()
  const signing = readFileSync(join(original, 'keys/waybill-ed25519.pem'), 'utf8').split('\n')[1]!
  const bare = gunzipSync(readFileSync(withoutKey))
  const full = gunzipSync(readFileSync(withKey))
  for (const secret of [key, signing]) assert.deepEqual([bare.includes(secret), full.includes(secret)], [false, true])
  for (const archive of [bare, full]) assert.ok(!/secret [0-9a-f]{8}-/.test(archive.toString('latin1')))
  rmSync(join(path, 'keys-apart'), { recursive: true, force: true })
})
