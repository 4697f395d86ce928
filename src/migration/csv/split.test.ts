import assert from 'node:assert/strict'
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Fault } from '#base/fault.ts'
import { checkCsv } from '#csv/check-csv.ts'
import { cutRows, evenSizes, splitCsv } from '#csv/split.ts'
import { splitCsvFile, splitNames } from './split.ts'
import { csvTemplate, templateForms } from './template.ts'

const folder = await mkdtemp(join(tmpdir(), 'waybill-split-'))
after(() => rm(folder, { recursive: true }))

const header = 'EmailAddress,UserName,Password'
const people = (count: number) => Array.from({ length: count }, (_, i) => `u${i}@contoso.edu,u${i}," p""${i}, "`)
const refused = (code: string) => (thrown: unknown) => thrown instanceof Fault && thrown.code === code

/** Processor time, not the clock's: a busy machine must not fail what is fast. */
function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

test('batches of n rows, each with the header, hold every row once and verbatim', () => {
  const { files, rows } = splitCsv(Buffer.from(`\uFEFF${[header, ...people(25)].join('\n')}`, 'utf16le'), 10)
  assert.equal(rows, 25)
  const batches = files.map((text) => checkCsv(Buffer.from(text), { allowUnknownColumns: false }))
  assert.deepEqual(
    batches.map((batch) => batch.users.length),
    [10, 10, 5],
  )
  const passwords = batches.flatMap((batch) => batch.users.map((user) => user.password))
  assert.deepEqual(
    passwords,
    Array.from({ length: 25 }, (_, i) => ` p"${i}, `),
  )
})

test('rows in so many batches: none has two more than another, and none is lost', () => {
  assert.deepEqual(evenSizes(10, 4), [3, 3, 2, 2])
  assert.deepEqual(evenSizes(5, 4), [2, 1, 1, 1])
  assert.deepEqual(evenSizes(3, 3), [1, 1, 1])
  const rows = ['a', 'b', 'c', 'd', 'e'].map((name, i) => ({ rowNumber: i + 2, cells: [name, 'u', 'p'] }))
  const files = cutRows({ header: header.split(','), rows }, evenSizes(5, 2))
  assert.deepEqual(files, [`${header}\r\na,u,p\r\nb,u,p\r\nc,u,p\r\n`, `${header}\r\nd,u,p\r\ne,u,p\r\n`])
})

test('a file over the limits of a batch can be split into batches', () => {
  const { files } = splitCsv(Buffer.from([header, ...people(120_000)].join('\n')), 50_000)
  assert.equal(files.length, 3)
})

test('a batch of no rows, of half a row, or over the limits is refused', () => {
  const bytes = Buffer.from([header, ...people(2)].join('\n'))
  for (const rows of [0, -1, 1.5, Number.NaN, 50_001])
    assert.throws(() => splitCsv(bytes, rows), refused('CSV_SPLIT_SIZE'))
  const fat = Buffer.from([header, ...Array.from({ length: 3000 }, () => `a@b.c,u,${'p'.repeat(4000)}`)].join('\n'))
  assert.throws(() => splitCsv(fat, 3000), refused('CSV_SPLIT_SIZE'))
})

test('a file of uneven rows is refused without reading a million of them', () => {
  const before = process.cpuUsage()
  assert.throws(() => splitCsv(Buffer.from(`${header}\n${'x\n'.repeat(900_000)}`), 10), refused('CSV_FIELD_COUNT'))
  assert.ok(cpuMsSince(before) < 2000)
})

test('names sort in the order of the rows', () => {
  assert.deepEqual(splitNames('/x/users.csv', 2), ['users-01.csv', 'users-02.csv'])
  assert.equal(splitNames('users.txt', 120)[6], 'users-007.txt')
})

test('writes the batches with mode 0600 and never overwrites', async () => {
  const path = join(folder, 'users.csv')
  await writeFile(path, [header, ...people(3)].join('\n'))
  const { paths } = await splitCsvFile(path, 2, folder)
  assert.deepEqual(paths, [join(folder, 'users-01.csv'), join(folder, 'users-02.csv')])
  for (const each of paths) assert.equal((await stat(each)).mode & 0o777, 0o600)
  await rm(paths[0]!)
  const second = await readFile(paths[1]!, 'utf8')
  await assert.rejects(splitCsvFile(path, 1, folder), refused('CSV_SPLIT_EXISTS'))
  assert.deepEqual((await readdir(folder)).sort(), ['users-02.csv', 'users.csv'])
  assert.equal(await readFile(paths[1]!, 'utf8'), second)
  await assert.rejects(splitCsvFile(path, 1, join(folder, 'none')), refused('CSV_SPLIT_WRITE'))
})

test('each template is the example of the seeds and passes its own check', () => {
  assert.equal(
    csvTemplate(),
    'EmailAddress,UserName,Password\r\nterrya@contoso.edu,contoso\\terry.adams,1091990\r\nannb@contoso.edu,contoso\\ann.beebe,2111991\r\npaulc@contoso.edu,contoso\\paul.cannon,3281986\r\n',
  )
  assert.match(
    csvTemplate('courier'),
    /^EmailAddress,UserName,Password,UserRoot\r\nterrya@contoso.edu,mailadmin,P@ssw0rd,\/users\/terry\.adams\r\n/,
  )
  assert.match(csvTemplate('mirapoint'), /,#terry\.adams@contoso-students\.edu#mailadmin#,P@ssw0rd\r\n/)
  for (const form of templateForms) {
    const { users, badRows, warnings } = checkCsv(Buffer.from(csvTemplate(form)), { allowUnknownColumns: false })
    assert.deepEqual([users.length, badRows.length, warnings.length], [3, 0, 0])
  }
})
