import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { silentLog } from '#base/log.ts'
import { openStore } from '#store/open.ts'
import { openSecrets, secretsWith } from '#store/secrets.ts'
import { removeFolder } from '#test/remove-folder.ts'

const folder = mkdtempSync(join(tmpdir(), 'waybill-secrets-'))
after(() => {
  removeFolder(folder)
})

const place = { table: 'endpoint', id: '1', column: 'password' }

test('a secret opens only with its key, in its row and column, and unchanged', () => {
  const secrets = secretsWith(randomBytes(32), '/k')
  const sealed = secrets.seal('pässword\0', place)
  assert.equal(secrets.open(sealed, place), 'pässword\0')
  assert.equal(secrets.open(secrets.seal('', place), place), '')
  assert.notDeepEqual(secrets.seal('pässword\0', place), sealed)
  for (const other of [
    { ...place, id: '2' },
    { ...place, table: 't' },
    { ...place, column: 'c' },
  ]) {
    assert.throws(() => secrets.open(sealed, other), { code: 'SECRET_DAMAGED' })
  }
  for (let at = 9; at < sealed.length; at++) {
    const bent = Buffer.from(sealed)
    bent[at]! ^= 1
    assert.throws(() => secrets.open(bent, place), { code: 'SECRET_DAMAGED' })
  }
  assert.throws(() => secrets.open(sealed.subarray(0, 30), place), { code: 'SECRET_DAMAGED' })
  assert.throws(() => secretsWith(randomBytes(32), '/k').open(sealed, place), {
    code: 'SECRETS_KEY_WRONG',
    scope: 'instance',
  })
})

test('the key file is 0600 and kept; a lost or a wrong one is SECRETS_KEY_WRONG, not a new key', async () => {
  await using store = await openStore({ dataFolder: folder, log: silentLog })
  const file = join(folder, 'keys', 'secrets.key')
  // A worker that was started before its service makes no key: it would be one that the service has not.
  await assert.rejects(openSecrets(store, false), { code: 'WORKER_BEFORE_SERVICE' })
  assert.equal(existsSync(file), false)
  const sealed = (await openSecrets(store)).seal('word', place)
  assert.equal((await openSecrets(store, false)).open(sealed, place), 'word')
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.equal((await openSecrets(store)).open(sealed, place), 'word')

  copyFileSync(file, `${file}.kept`)
  rmSync(file)
  await assert.rejects(openSecrets(store), { code: 'SECRETS_KEY_WRONG', message: /is missing/ })
  writeFileSync(file, randomBytes(32).toString('base64'), { mode: 0o600 })
  await assert.rejects(openSecrets(store), { code: 'SECRETS_KEY_WRONG', message: /not the key of this database/ })
  writeFileSync(file, 'short')
  await assert.rejects(openSecrets(store), { code: 'SECRETS_KEY_WRONG', message: /damaged/ })
  copyFileSync(`${file}.kept`, file)
  assert.equal((await openSecrets(store)).open(sealed, place), 'word')
})
