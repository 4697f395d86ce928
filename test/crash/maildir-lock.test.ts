import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, linkSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { replaceSmallFile } from '#mailbox/maildir/small-file.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'

test('the lock that a killed Waybill left in a Maildir stops the next run for a second, not for two minutes', async (t) => {
  const folder = temporaryFolder('lock')
  t.after(() => rmSync(folder, { recursive: true }))
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  mkdirSync(join(folder, 'tmp'))
  // As it is between the link and the rename.
  writeFileSync(join(folder, 'tmp', `waybill.${pid}.half`), '0 Old\n')
  linkSync(join(folder, 'tmp', `waybill.${pid}.half`), join(folder, 'dovecot-keywords.lock'))
  const handle = openSync(folder, 'r')
  const startedAt = performance.now()
  await replaceSmallFile(handle, 'dovecot-keywords', null, () => '0 New\n')
  closeSync(handle)
  assert.ok(performance.now() - startedAt < 20_000)
  assert.equal(readFileSync(join(folder, 'dovecot-keywords'), 'utf8'), '0 New\n')
  assert.deepEqual(readdirSync(folder).sort(), ['dovecot-keywords', 'tmp'])
})
