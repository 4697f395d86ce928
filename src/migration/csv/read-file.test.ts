import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Fault } from '#base/fault.ts'
import { readCsvFile } from './read-file.ts'

const folder = await mkdtemp(join(tmpdir(), 'waybill-csv-'))
after(() => rm(folder, { recursive: true }))

async function refusedAs(path: string, code: string, says: RegExp): Promise<void> {
  await assert.rejects(
    readCsvFile(path),
    (thrown) =>
      thrown instanceof Fault && thrown.code === code && thrown.scope === 'request' && says.test(thrown.message),
  )
}

test('reads .csv and .txt of up to 10 MB, in any case', async () => {
  for (const name of ['a.csv', 'b.TXT']) {
    await writeFile(join(folder, name), Buffer.alloc(10 * 1_048_576, 'x'))
    assert.equal((await readCsvFile(join(folder, name))).length, 10 * 1_048_576)
  }
})

test('refuses a byte more than 10 MB', async () => {
  await writeFile(join(folder, 'large.csv'), Buffer.alloc(10 * 1_048_576 + 1, 'x'))
  await refusedAs(join(folder, 'large.csv'), 'CSV_TOO_LARGE', /large\.csv is larger than 10 MB/)
})

test('refuses what cannot be read, in one sentence that names the file', async () => {
  await refusedAs(join(folder, 'users.xlsx'), 'CSV_WRONG_TYPE', /users\.xlsx/)
  await refusedAs(join(folder, 'none.csv'), 'CSV_NOT_FOUND', /none\.csv cannot be read: there is no such file/)
  await mkdir(join(folder, 'folder.csv'))
  await refusedAs(join(folder, 'folder.csv'), 'CSV_UNREADABLE', /folder\.csv cannot be read: it is a folder/)
  await refusedAs(join(folder, 'a.csv', 'b.csv'), 'CSV_UNREADABLE', /not a folder/)
})
