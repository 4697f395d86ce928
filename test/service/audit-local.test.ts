/** Commands on the machine itself, without a service: they are in the audit log, and the log goes through a backup. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { silentLog } from '#base/log.ts'
import { openStore } from '#store/open.ts'
import { temporaryFolder, waybill } from '#test/migrate/run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'

interface Row {
  readonly cmdlet: string
  readonly caller: string
  readonly via: string
  readonly result: string
}

test('backup, restore, rotate-key and new-epoch are recorded, and entries outlive the restore', async () => {
  const folder = temporaryFolder('audit-local')
  const dataFolder = join(folder, 'data')
  const run = async (...words: string[]) => {
    const { code, stderr } = await waybill(words, { WAYBILL_DATA: dataFolder })
    assert.equal(code, 0, `${words.join(' ')}: ${stderr}`)
  }
  const rows = async () => {
    await using store = await openStore({ dataFolder, log: silentLog })
    return (await store.pool.query<Row>('SELECT cmdlet, caller, via, result FROM admin_audit ORDER BY n')).rows
  }
  const file = join(folder, 'backup.tar')
  try {
    await run('rotate-key')
    await run('rotate-key', '--signing-key')
    await run('new-epoch')
    await run('backup', file)
    const told = (cmdlet: string) => ({ cmdlet, caller: 'Local administrator', via: 'Socket', result: 'Succeeded' })
    const before = ['rotate-key', 'rotate-key', 'new-epoch', 'backup'].map((name) => told(`waybill ${name}`))
    assert.deepEqual(await rows(), before)
    await run('restore', file, '--force', '--yes')
    const [last, ...earlier] = (await rows()).toReversed()
    assert.deepEqual(last, told('waybill restore'))
    // The backup's own act was under way when its picture of the database was taken.
    assert.deepEqual(earlier.toReversed(), [...before.slice(0, 3), { ...before[3], result: 'Started' }])
  } finally {
    removeFolder(folder)
  }
})
