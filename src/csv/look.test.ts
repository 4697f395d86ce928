/** What the browser says of a CSV file, by the rules of the service and beyond the limits of a batch. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkCsv } from './check-csv.ts'
import { type Looked, lookAtFiles } from './look.ts'

const header = 'EmailAddress,UserName,Password'
const bytes = (text: string) => new TextEncoder().encode(text)
const people = (count: number) => Array.from({ length: count }, (_, i) => `u${i}@contoso.edu,u${i},Zq7planted${i}`)

function look(given: Uint8Array | string[][], allowUnknownColumns = false): Looked {
  const answer = lookAtFiles().look(given, allowUnknownColumns)
  return 'looked' in answer ? answer.looked : assert.fail(answer.refused.message)
}

test('it says of each row what the service says, marks the cells, and shows no password', () => {
  const file = bytes(`${header},Note\r\nbob,,Zq7planted,x\r\namy@b.c,amy,Zq7planted,y\r\nAMY@b.c,amy,,z`)
  const { badRows, users, badCount, warnings } = look(file, true)
  const service = checkCsv(file, { allowUnknownColumns: true })
  assert.deepEqual(
    badRows.map(({ rowNumber, message }) => ({ rowNumber, message })),
    service.badRows.map(({ rowNumber, message }) => ({ rowNumber, message })),
  )
  assert.deepEqual(warnings, service.warnings)
  assert.deepEqual([users, badCount], [1, 2])
  assert.deepEqual(
    badRows.map(({ cells, faulty }) => [cells, faulty]),
    [
      [
        ['bob', '', '••••••••', 'x'],
        [0, 1],
      ],
      [
        ['AMY@b.c', 'amy', '', 'z'],
        [2, 0],
      ],
    ],
  )
})

test('a file that is refused is refused in the words of the service', () => {
  const answer = lookAtFiles().look(bytes('EmailAddress|UserName|Password\n'), false)
  assert.ok('refused' in answer)
  assert.equal(answer.refused.code, 'CSV_NOT_COMMA_SEPARATED')
  assert.equal(answer.refused.message, 'Row 1 is separated by vertical bars, which a CSV file cannot be.')
})

test('a file larger than a batch may be is not refused but cut into several, which the service takes', () => {
  const files = lookAtFiles()
  const answer = files.look(bytes([header, ...people(50_001)].join('\n')), false)
  assert.ok('looked' in answer)
  assert.equal(answer.looked.fewestBatches, 2)
  const cut = files.cut(2)
  assert.ok('files' in cut)
  assert.deepEqual(
    cut.files.map((text) => checkCsv(bytes(text), { allowUnknownColumns: false }).users.length),
    [25_001, 25_000],
  )
})

test('what is said of a row of any part names it as the file that was cut does', () => {
  const files = lookAtFiles()
  const lines = [
    header,
    'a@b.c,a,p',
    '',
    'bob,bob,p',
    ',,',
    'c@b.c,"c\r\nc",p',
    'd@b.c,d,p',
    'D@b.c,d,p',
    '',
    'e@b.c,e,p',
  ]
  const given = bytes(lines.join('\r\n'))
  const answer = files.look(given, false)
  assert.ok('looked' in answer)
  const cut = files.cut(2)
  assert.ok('files' in cut)
  const whole = checkCsv(given, { allowUnknownColumns: false })
  const parts = cut.files.map((text) => checkCsv(bytes(text), { allowUnknownColumns: false }))
  assert.deepEqual(
    parts.flatMap(({ users }) => users),
    whole.users,
  )
  assert.deepEqual(
    parts.flatMap(({ badRows }) => badRows.map(({ rowNumber, message }) => [rowNumber, message])),
    whole.badRows.map(({ rowNumber, message }) => [rowNumber, message]),
  )
  assert.match(whole.badRows.at(-1)!.message, /the same as in row 7/)
  assert.deepEqual(parts[1]!.warnings, [])
})

test('a part far down a file of many parts is read, the lines before it among its bytes', () => {
  const files = lookAtFiles()
  files.look(bytes([header, ...people(120_000)].join('\n')), false)
  const cut = files.cut(4)
  assert.ok('files' in cut)
  const { users } = checkCsv(bytes(cut.files.at(-1)!), { allowUnknownColumns: false })
  assert.deepEqual([users[0]!.rowNumber, users.at(-1)!.rowNumber], [90_002, 120_001])
})

test('rows that are typed are looked at as the file that they become', () => {
  const rows = [header.split(','), ['a@b.c', 'a, "b"', ' p '], ['', '', ''], ['c@b.c', '', 'q']]
  const { users, badRows } = look(rows)
  assert.equal(users, 1)
  assert.deepEqual(
    badRows.map(({ rowNumber, faulty }) => [rowNumber, faulty]),
    [[4, [1]]],
  )
})
