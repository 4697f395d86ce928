import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkCsv } from '#csv/check-csv.ts'
import { defuse, errorsCsv } from './errors-csv.ts'
import { writeCsv } from '#csv/write-csv.ts'

const check = (text: string) => checkCsv(Buffer.from(text), { allowUnknownColumns: true })

test('the errors CSV holds the rows as written, secrets empty, plus ErrorMessage', () => {
  const { columns, badRows } = check(
    'UserName,EmailAddress,Note,Password,TargetPassword\r\n#terry#mailadmin#,,"=A1,\r\n""x""",secret,hidden\r\nu,a@b.c,x,p,q',
  )
  assert.equal(
    errorsCsv(columns, badRows),
    '\uFEFFUserName,EmailAddress,Note,Password,TargetPassword,ErrorMessage\r\n#terry#mailadmin#,,"=A1,\r\n""x""",,,EmailAddress is empty\r\n',
  )
})

test('secrets are emptied here too, whoever passes the cells', () => {
  const text = errorsCsv(['EmailAddress', 'Password', 'Passwort'], [{ cells: ['a@b.c', 'Zq7', 'Zq7'], message: 'x' }])
  assert.ok(!text.includes('Zq7'))
})

test('what is written reads the same again, whatever line break is inside a value', () => {
  const cells = ['two\nlines', 'a\rb', 'c\r\nd', ' "x", ', '', "'=1", ';\t|']
  const { columns, users } = check(
    writeCsv([
      ['EmailAddress', 'UserName', 'Password', ...cells],
      ['a@b.c', 'u', 'p', ...cells],
    ]),
  )
  assert.deepEqual(columns.slice(3), cells)
  assert.deepEqual(users[0]?.cells.slice(3), cells)
})

test('an errors CSV can be corrected and submitted again, and its own errors CSV has one ErrorMessage', () => {
  const first = check('EmailAddress,UserName,Password\na@b.c,"=cmd, ""x""",\nb@b.c,u,')
  const corrected = errorsCsv(first.columns, first.badRows).replace(',Password is empty', 'p4ss,Password is empty')
  const again = checkCsv(Buffer.from(corrected), { allowUnknownColumns: false })
  assert.deepEqual([again.users[0]?.userName, again.users[0]?.password], ['=cmd, "x"', 'p4ss'])
  assert.equal(
    errorsCsv(again.columns, again.badRows),
    '\uFEFFEmailAddress,UserName,Password,ErrorMessage\r\nb@b.c,u,,Password is empty\r\n',
  )
})

test('a user that failed later is listed like a bad row, without its password', () => {
  const { columns, users } = check('EmailAddress,UserName,Password\na@b.c,u,secret')
  const text = errorsCsv(columns, [{ cells: users[0]!.cells, message: '=HYPERLINK("x")' }])
  assert.equal(text.split('\r\n')[1], 'a@b.c,u,,"\'=HYPERLINK(""x"")"')
})

test("only our column is defused: formulas, control and bidirectional characters in a server's words", () => {
  for (const start of ['=1', '+1', '-1', '@x', '  =1', '\uFF1D1']) assert.equal(defuse(start), `'${start}`)
  assert.equal(defuse('a\x1B[31m\u202Eb\r\n'), 'a\\u{1b}[31m\\u{202e}b\\u{d}\\u{a}')
  assert.equal(defuse('Password is empty'), 'Password is empty')
})
