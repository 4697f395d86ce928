/** `waybill rotate-key`: every stored secret opens with the new key alone, whenever it was killed. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { silentLog } from '#base/log.ts'
import { instanceSigner, signerOf } from '#migration/waybill/signer.ts'
import { inTransaction } from '#store/ledger/transaction.ts'
import { openStore } from '#store/open.ts'
import { SEALED_COLUMNS } from '#store/sealed-columns.ts'
import { type Secrets, openSecrets } from '#store/secrets.ts'
import { startedBefore } from '#test/data-folder.ts'
import { temporaryFolder, waybill } from '#test/migrate/run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'
import { environment } from '#test/service/world.ts'
import { representativeRows } from './representative-rows.ts'

/** Columns of bytes that hold no secret: digests, packed parts of the ledger, hashes. */
const OPEN = [
  /^(mailbox|keyword_set|waybill)\./,
  /^(folder\.again|intent\.packed|resent\.packed)$/,
  /^message_group\./,
  /^migration_user\.(source|target)_key$/,
  /^(api_token|administrator_session|first_password|known_network|openid_pending)\.hash$/,
  /^openid_pending\.session_hash$/,
  /^idempotency_key\.key$/,
]

const path = temporaryFolder('rotate')
const dataFolder = join(path, 'data')
const keys = join(dataFolder, 'keys')
const open = () => openStore({ dataFolder, log: silentLog })
const rotate = (args: readonly string[] = [], crash?: string) =>
  waybill(['rotate-key', ...args], environment({ dataFolder, ...(crash === undefined ? {} : { crash }) }))
const plain = (table: string, column: string, id: string) => `secret of ${table}.${column} ${id}`

interface Sealed {
  readonly id: string
  readonly sealed: Buffer
}

before(async () => {
  await startedBefore(dataFolder)
  await using store = await open()
  const secrets = await openSecrets(store)
  await inTransaction(store.pool, async (client) => {
    await representativeRows(client)
    // Only the key of this folder is known, as it is in life.
    await client.query('DELETE FROM secret_key WHERE id <> $1', [secrets.keyId])
    for (const { table, column, id, key, keyOfId } of SEALED_COLUMNS) {
      const { rows } = await client.query<{ id: string }>(`SELECT ${id} AS id FROM ${table}`)
      assert.ok(rows.length > 0, table)
      for (const row of rows) {
        const sealed = secrets.seal(plain(table, column, row.id), { table, id: row.id, column })
        await client.query(
          `UPDATE ${table} AS s SET ${column} = $2 FROM (SELECT $1::text AS id) AS t WHERE ${key} = ${keyOfId}`,
          [row.id, sealed],
        )
      }
    }
  })
})
after(() => removeFolder(path))

/** Opens every secret; answers what they are sealed with. */
async function allOpen(): Promise<Secrets> {
  await using store = await open()
  const secrets = await openSecrets(store)
  for (const { table, column, id } of SEALED_COLUMNS) {
    const { rows } = await store.pool.query<Sealed>(`SELECT ${id} AS id, ${column} AS sealed FROM ${table}`)
    for (const row of rows)
      assert.equal(secrets.open(row.sealed, { table, id: row.id, column }), plain(table, column, row.id))
  }
  return secrets
}

test('every column of bytes is known to be sealed, or known not to be', async () => {
  await using store = await open()
  const { rows } = await store.pool.query<{ name: string }>(
    `SELECT table_name || '.' || column_name AS name FROM information_schema.columns
     WHERE table_schema = 'public' AND (data_type = 'bytea' OR column_name ~ 'password|secret') ORDER BY 1`,
  )
  const sealed = SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`)
  // An argon2id hash, and dates.
  const hashes = /^administrator\.(password_hash|password_ends_at|must_change_password)$/
  const undecided = rows.filter(
    ({ name }) => !sealed.includes(name) && !OPEN.some((one) => one.test(name)) && !hashes.test(name),
  )
  assert.deepEqual(undecided, [])
  assert.equal(new Set(sealed).size, sealed.length)
  assert.ok(sealed.every((name) => rows.some((row) => row.name === name)))
})

test('every secret is sealed with a new key, and the old one stays for older backups', async () => {
  const before = await allOpen()
  const old = readFileSync(join(keys, 'secrets.key'))
  const ended = await rotate()
  assert.equal(ended.code, 0, ended.stderr)
  const after = await allOpen()
  assert.notEqual(after.keyId, before.keyId)
  assert.deepEqual(readFileSync(join(keys, `secrets.key.${before.keyId}`)), old)
  assert.equal(statSync(join(keys, 'secrets.key')).mode & 0o777, 0o600)
  await using store = await open()
  const { rows } = await store.pool.query<{ id: string }>('SELECT id FROM secret_key')
  assert.deepEqual(rows, [{ id: after.keyId }])
})

for (const [point, isNew] of [
  ['rotate.staged', false],
  ['rotate.sealed', false],
  ['rotate.committed', true],
] as const) {
  test(`killed at ${point}, the next start opens every secret`, async () => {
    const before = await allOpen()
    assert.equal((await rotate([], point)).signal, 'SIGKILL')
    const after = await allOpen()
    assert.equal(after.keyId !== before.keyId, isNew)
    assert.equal((await rotate()).code, 0)
    await allOpen()
    assert.ok(!existsSync(join(keys, 'secrets.key.next')))
  })
}

test('a new key for waybills: what the old one signed stays known', async () => {
  const before = instanceSigner(keys)
  assert.equal((await rotate(['--signing-key'])).code, 0)
  const after = instanceSigner(keys)
  assert.notEqual(after.fingerprint, before.fingerprint)
  const known = readdirSync(join(keys, 'known')).map((name) => readFileSync(join(keys, 'known', name), 'utf8'))
  assert.deepEqual(known, [before.publicKeyPem])
  assert.equal(signerOf(readFileSync(join(keys, 'waybill-ed25519.pem'), 'utf8')).fingerprint, after.fingerprint)
})
