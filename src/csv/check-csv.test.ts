import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { test } from 'node:test'
import { Fault } from '#base/fault.ts'
import { checkCsv } from './check-csv.ts'
import type { CsvOptions } from './check-csv.ts'

const header = 'EmailAddress,UserName,Password'

const check = (text: string, options: Partial<CsvOptions> = {}) =>
  checkCsv(Buffer.from(text), { allowUnknownColumns: false, ...options })

/** The refusal of a file, which must be one of the request with a remedy. */
function refusal(text: string, options: Partial<CsvOptions> = {}): Fault {
  try {
    check(text, options)
  } catch (thrown) {
    assert.ok(thrown instanceof Fault, String(thrown))
    assert.equal(thrown.scope, 'request')
    assert.equal(thrown.transient, false)
    assert.notEqual(thrown.remedy, null)
    assert.equal(thrown.cause, undefined, 'what csv-parse throws quotes fields')
    return thrown
  }
  return assert.fail('the file was accepted')
}

/** The message of the only row, which must be bad. */
function badRow(row: string, options: Partial<CsvOptions> = {}, columns = header): string {
  const { users, badRows } = check(`${columns}\n${row}`, options)
  assert.deepEqual(users, [])
  assert.equal(badRows.length, 1)
  assert.equal(badRows[0]?.rowNumber, 2)
  return badRows[0].message
}

/** Processor time, not the clock's: a busy machine must not fail what is fast. */
function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

for (const [name, end] of Object.entries({ CRLF: '\r\n', LF: '\n', CR: '\r' })) {
  test(`reads lines that end in ${name}, with and without a last one`, () => {
    const rows = [header, 'a@contoso.edu,ann,1', 'b@contoso.edu,bob,2']
    for (const text of [rows.join(end), rows.join(end) + end]) {
      const { users, badRows, warnings } = check(text)
      assert.deepEqual(
        users.map((user) => [user.rowNumber, user.userName, user.password]),
        [
          [2, 'ann', '1'],
          [3, 'bob', '2'],
        ],
      )
      assert.deepEqual([badRows, warnings], [[], []])
    }
  })
}

const logins = [
  'hollyh',
  'terry.adams@contoso.edu',
  'contoso\\terry.adams',
  'contoso-students/mailadmin/terry.adams',
  'terry.adams*mailadmin',
  '#terry.adams@contoso-students.edu#mailadmin#',
]
for (const login of logins) {
  test(`the log-in ${login} passes verbatim, also beside a target template`, () => {
    const { users } = check(`${header}\r\nterrya@contoso.edu,${login},P@ssw0rd`, { targetLogin: '{user}*{admin}' })
    assert.equal(users[0]?.userName, login)
  })
}

test('UserRoot and the target columns arrive verbatim, null where absent or blank', () => {
  const all = `${header},UserRoot,TargetDatabase,TargetUserName,TargetPassword`
  const { users } = check(
    `${all}\nterrya@contoso.edu,mailadmin,P@ssw0rd,/users/terry.adams,db2,terry*admin,  \nb@contoso.edu,b,c,, ,,`,
  )
  assert.deepEqual(users[0], {
    rowNumber: 2,
    emailAddress: 'terrya@contoso.edu',
    userName: 'mailadmin',
    password: 'P@ssw0rd',
    userRoot: '/users/terry.adams',
    targetDatabase: 'db2',
    targetUserName: 'terry*admin',
    targetPassword: '  ',
    cells: ['terrya@contoso.edu', 'mailadmin', '', '/users/terry.adams', 'db2', 'terry*admin', ''],
  })
  const { userRoot, targetDatabase, targetUserName, targetPassword } = users[1]!
  assert.deepEqual([userRoot, targetDatabase, targetUserName, targetPassword], [null, null, null, null])
})

test('passwords arrive verbatim: blanks, quotes, commas, formulas, accents', () => {
  const spelt = ['  x  ', '"a ""b"" c"', '"1,2"', '=SUM(A1)', "'x", 'pæß€', '   ', '0012', 'x\ty', '"ends """']
  const meant = ['  x  ', 'a "b" c', '1,2', '=SUM(A1)', "'x", 'pæß€', '   ', '0012', 'x\ty', 'ends "']
  const { users } = check([header, ...spelt.map((password, i) => `u${i}@contoso.edu,u,${password}`)].join('\r\n'))
  assert.deepEqual(
    users.map((user) => user.password),
    meant,
  )
})

test('rows count as a spreadsheet shows them: blank lines count, line breaks inside a value do not', () => {
  const text = `${header},Note\r\na@b.c,u,p,"two\r\nlines, ""one"" row"\r\n\r\n,,,\r\nb@b.c,u,p,x`
  const { users, warnings } = check(text, { allowUnknownColumns: true })
  assert.deepEqual(
    users.map((user) => user.rowNumber),
    [2, 5],
  )
  assert.match(warnings.join('\n'), /row 4 holds nothing but commas/)
})

test('windows-1252 is read with a warning that names the rows it matters for', () => {
  const { users, warnings, encoding } = checkCsv(Buffer.from(`${header}\na@b.c,u,p\nb@b.c,\x80\xe9,p`, 'latin1'), {
    allowUnknownColumns: false,
  })
  assert.equal(encoding, 'windows-1252')
  assert.equal(users[1]?.userName, '€é')
  assert.match(warnings[0] ?? '', /windows-1252; row 3 holds/)
})

test('an empty file and one without rows are refused', () => {
  for (const text of ['', ' \r\n\n', header, `${header}\r\n\r\n`, `${header}\n,,`])
    assert.equal(refusal(text).code, 'CSV_EMPTY')
})

test('a header with semicolons or tabs and no comma says what separates; commas are then letters like others', () => {
  for (const [mark, name] of [
    [';', 'semicolon'],
    ['\t', 'tab'],
  ] as const) {
    const separated = header.replaceAll(',', mark)
    const text = `${separated}\r\na@b.c${mark}"u${mark}x"${mark}p,1\r\n${mark}${mark}\r\nb@b.c${mark}v${mark}2`
    const { users, badRows, warnings } = check(text)
    assert.deepEqual(
      users.map((user) => [user.rowNumber, user.userName, user.password]),
      [
        [2, `u${mark}x`, 'p,1'],
        [4, 'v', '2'],
      ],
    )
    assert.deepEqual([badRows, warnings], [[], [`row 3 holds nothing but ${name}s and no value: left out`]])
    const cut = refusal(`${separated}\na@b.c,u,p`)
    assert.match(cut.message, /^row 2 has 1 field, but row 1 has 3: column UserName \(B\) is missing/)
    assert.match(cut.remedy!, new RegExp(`separated by ${name}s: keep the ${name} of an empty value`))
    assert.match(
      refusal(`${separated}\na@b.c${mark}"u" x${mark}p`).message,
      new RegExp(`^row 2, column UserName \\(B\\): .* instead of a ${name}$`),
    )
  }
  assert.equal(check(`${header},a;b\na@b.c,u;v,p,`, { allowUnknownColumns: true }).users[0]?.userName, 'u;v')
})

test('what a Western European Excel saves is read: UTF-16 with tabs or semicolons', () => {
  for (const mark of [';', '\t']) {
    const text = `${header}\r\na@b.c,J\u00f6rg,p\r\n`.replaceAll(',', mark)
    const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le')
    assert.equal(checkCsv(bytes, { allowUnknownColumns: false }).users[0]?.userName, 'J\u00f6rg')
  }
})

test('other separators are named', () => {
  assert.match(refusal('EmailAddress|UserName|Password\na@b.c|u|p').message, /row 1 .*vertical bars/)
  assert.match(refusal(`sep=,\n${header}\na@b.c,u,p`).message, /sep=/)
})

test('50,000 rows pass and one more is refused', () => {
  const rows = Array.from({ length: 50_000 }, (_, i) => `u${i}@contoso.edu,u,p`)
  assert.equal(check([header, ...rows].join('\n')).users.length, 50_000)
  const fault = refusal([header, ...rows, 'x@contoso.edu,u,p'].join('\n'))
  assert.equal(fault.code, 'CSV_TOO_MANY_ROWS')
  assert.match(fault.message, /50,000/)
})

test('more than 10 MB is refused', () => {
  const row = `a@b.c,u,${'x'.repeat(4000)}\n`
  assert.equal(refusal(`${header}\n${row.repeat(2700)}`).code, 'CSV_TOO_LARGE')
})

test('missing and misspelt headers are named with their column and the right spelling', () => {
  const spaced = refusal('Email Address,UserName,Password\na@b.c,u,p')
  assert.equal(spaced.code, 'CSV_COLUMN_MISSING')
  assert.match(
    spaced.message,
    /row 1: column EmailAddress is missing \(column A says "Email Address", which must be spelt EmailAddress\)/,
  )
  assert.match(refusal('emailaddress,UserName,Password\na@b.c,u,p').message, /"emailaddress"/)
  assert.match(
    refusal('EmailAddress,UserName,Passwrod\na@b.c,u,p').message,
    /column C says "Passwrod", which must be spelt Password/,
  )
  assert.match(refusal('EmailAddress,Password\na@b.c,p').message, /column UserName is missing$/)
  assert.match(refusal(`\n${header}\na@b.c,u,p`).message, /row 1 is blank/)
})

test('a header twice is refused, also an unknown one', () => {
  assert.match(refusal(`${header},Password\na@b.c,u,p,q`).message, /columns C and D .*"Password"/)
  assert.equal(refusal(`${header},x,x\na@b.c,u,p,q,r`, { allowUnknownColumns: true }).code, 'CSV_COLUMN_TWICE')
})

test('unknown columns are refused, or ignored with a warning that names what was perhaps meant', () => {
  const text = `${header},Departement,UserRot,\na@b.c,u,p,it,/users/a,`
  const fault = refusal(text)
  assert.equal(fault.code, 'CSV_COLUMN_UNKNOWN')
  assert.match(
    fault.message,
    /column D, "Departement", is unknown; column E, "UserRot", is unknown: did you mean UserRoot\?; column F has no name/,
  )
  const { users, warnings } = check(text, { allowUnknownColumns: true })
  assert.equal(users[0]?.userRoot, null)
  assert.equal(warnings.length, 3)
  assert.match(warnings[1] ?? '', /did you mean UserRoot\?/)
})

test('a row with another number of fields is named with the column', () => {
  const short = refusal(`${header}\na@b.c,u,p\nb@b.c,u`)
  assert.equal(short.code, 'CSV_FIELD_COUNT')
  assert.match(short.message, /^row 3 has 2 fields, but row 1 has 3: column Password \(C\) is missing/)
  assert.match(refusal(`${header}\na@b.c,u,p,q`).message, /^row 2 has 4 fields.*column D has no name/)
})

test('the checks of the file come in the order of the seeds', () => {
  const many = Array.from({ length: 50_001 }, () => 'a@b.c,u')
  const everything = ['Email Address,UserName,Password', ...many]
  assert.equal(refusal(everything.join('\n').replaceAll(',', '|')).code, 'CSV_NOT_COMMA_SEPARATED')
  const tooMany = ['Email Address,UserName,Password', 'a@b.c,u', ...many.map((row) => `${row},p`)]
  assert.equal(refusal(tooMany.join('\n')).code, 'CSV_TOO_MANY_ROWS')
  assert.equal(refusal('Email Address,UserName,Password\na@b.c,u').code, 'CSV_COLUMN_MISSING')
  assert.equal(refusal(`${header}\na@b.c,u\n,,`).code, 'CSV_FIELD_COUNT')
})

test('broken quotes are named with row and column', () => {
  assert.match(refusal(`${header}\n\na@b.c,u,"p\nb@b.c,u,p`).message, /^row 3, column Password \(C\): .*never closed/)
  assert.match(refusal(`${header}\na@b.c,"u"x,p`).message, /^row 2, column UserName \(B\): .*followed by more text/)
  assert.match(refusal(`${header}\na@b.c,u,p"q`).message, /^row 2, column Password \(C\): .*stands inside/)
})

test('fields over 4 kB and more than 64 columns are refused, also as a flood', () => {
  assert.equal(check(`${header}\na@b.c,u,${'é'.repeat(2048)}`).users.length, 1)
  assert.match(refusal(`${header}\na@b.c,u,${'é'.repeat(2049)}`).message, /^row 2, column Password \(C\): .*4096 bytes/)
  assert.equal(refusal(`${header}\na@b.c,u,"${'p\n'.repeat(500_000)}`).code, 'CSV_FIELD_TOO_LONG')
  const wide = (columns: number) => `${header}${',c'.repeat(columns - 3)}`
  assert.equal(refusal(wide(65)).code, 'CSV_TOO_MANY_COLUMNS')
  assert.equal(refusal(`${header}\n${','.repeat(5_000_000)}`).code, 'CSV_TOO_MANY_COLUMNS')
})

test('a file of nothing but blank lines or uneven rows is refused in under 2 s', () => {
  const before = process.cpuUsage()
  refusal(header + '\n'.repeat(10_000_000))
  refusal(`${header}\n${'x\n'.repeat(49_000)}`)
  assert.ok(cpuMsSince(before) < 2000)
})

test('a bad row says all that is wrong with it, in the order of the columns, and stops no other', () => {
  const { users, badRows } = check(`${header}\n a@b.c,u ,\nb@b.c,u,p`)
  assert.deepEqual(
    users.map((user) => user.rowNumber),
    [3],
  )
  assert.equal(
    badRows[0]?.message,
    'EmailAddress has a blank at its beginning or end; UserName has a blank at its beginning or end; Password is empty',
  )
  assert.deepEqual(badRows[0]?.columns, ['EmailAddress', 'UserName', 'Password'])
  assert.equal(badRow('"",u,p'), 'EmailAddress is empty')
  assert.equal(badRow('a@b.c, ,p'), 'UserName is empty')
  assert.equal(badRow('a@b.c,u\u00A0,p'), 'UserName has a blank at its beginning or end')
  assert.match(badRow('a@b.c,u,"p\nq"'), /Password holds a line break/)
  assert.match(badRow('a@b.c,u\0,p'), /UserName holds a line break or a NUL/)
})

for (const address of [
  'a',
  '@b.c',
  'a@',
  'a b@c.d',
  'a@b..c',
  '.a@b.c',
  'a@b@c.d',
  'a@-b.c',
  'a@b.c\x07',
  'a\u202Eb@c.d',
  'contoso\\a@b.c',
  'a@b/c',
  `${'l'.repeat(65)}@b.c`,
  `a@${'d'.repeat(64)}.c`,
  'Ann <a@b.c>',
  '"a"@b.c',
  'a@[127.0.0.1]',
  'a@b/é',
  'a@é:25',
]) {
  test(`${JSON.stringify(address)} is no address`, () => {
    const cell = `"${address.replaceAll('"', '""')}"`
    assert.equal(badRow(`${cell},u,p`), 'EmailAddress is not a valid address (name@domain)')
  })
}

for (const address of [
  "o'neill+x=y@contoso.edu",
  'zoë.müller@bücher.example',
  'a@localhost',
  '用户@例子.测试',
  `${'l'.repeat(64)}@b.c`,
  'A_B-c@1.example',
]) {
  test(`${address} is an address`, () =>
    assert.equal(check(`${header}\n${address},u,p`).users[0]?.emailAddress, address))
}

test('of rows with one address the first that can run does, whatever the capitals', () => {
  const { users, badRows } = check(`${header}\na@Bücher.example,u,\nA@bücher.example,u,p\na@xn--bcher-kva.example,u,p`)
  assert.deepEqual(
    users.map((user) => user.rowNumber),
    [3],
  )
  assert.deepEqual(
    badRows.map((row) => row.message),
    ['Password is empty', 'EmailAddress is the same as in row 3, and only that row runs'],
  )
})

test("a value that fills a log-in template may not hold its separators; other rows' log-ins may", () => {
  const targetLogin = '{user}*{admin}'
  for (const sign of ['*', '%', '#']) {
    assert.match(badRow(`victim${sign}admin@b.c,u,p`, { targetLogin }), /^EmailAddress holds ".", which separates/)
  }
  assert.match(badRow('a/admin@b.c,u,p', { targetLogin: '{admin}/{user}' }), /^EmailAddress holds "\/"/)
  assert.match(badRow('a*x@b.c,u,p', { targetLogin: '{local}@{domain}' }), /^EmailAddress holds "\*"/)
  const columns = `${header},TargetUserName,TargetPassword`
  assert.match(badRow('a@b.c,u,p,c\\d,', { targetLogin }, columns), /^TargetUserName holds "\\"/)
  assert.match(badRow('a@b.c,u,p,"c\nd",', { targetLogin }, columns), /TargetUserName holds a line break/)
  assert.equal(check(`${columns}\na@b.c,u,p,d*master,q`, { targetLogin }).users.length, 1)
  assert.equal(check(`${header}\na*b@b.c,u,p`).users.length, 1)
  assert.equal(check(`${header}\na.b-c_d@b.c,u*x,p`, { targetLogin: '{user}@x.example*{admin}' }).users.length, 1)
})

test('no refusal, warning or bad row ever holds a password', () => {
  const secret = 'Zq7planted'
  const broken = [
    `${header}\na@b.c,u,"${secret}`,
    `${header}\na@b.c,u,"${secret}"x`,
    `${header}\na@b.c,u,${secret}"x`,
    `${header}\na@b.c,u,${secret},${secret}`,
    `${header}\na@b.c,${secret}`,
    `${header}\na@b.c,u,${secret.repeat(500)}`,
    `${header}\na@b.c,u,"${`${secret}\n`.repeat(40_000)}`,
    `a@b.c,u,${secret}\nb@b.c,u,${secret}`,
    `a@b.c,${secret},${secret}\n`,
    `a@b.c;u;${secret}`,
    `EmailAddress,UserName\na@b.c,${secret}`,
  ]
  for (const text of broken) {
    assert.ok(!inspect(refusal(text, { allowUnknownColumns: true }), { depth: 9 }).includes(secret), text.slice(0, 80))
  }
  // A header was forgotten and the password is one slip away from a column's name.
  assert.ok(!inspect(refusal('a@b.c,u,Passw0rd\nb@b.c,u,Passw0rd')).includes('Passw0rd'))
  const columns = `${header},TargetPassword,Passwort,TargetPasword`
  const rows = [`,u,${secret},${secret},${secret},${secret}`, `a@b.c,u,"${secret}\n",${secret},${secret},${secret}`]
  const { badRows, warnings } = check([columns, ...rows].join('\n'), {
    allowUnknownColumns: true,
    targetLogin: '{user}*{admin}',
  })
  assert.equal(badRows.length, 2)
  assert.ok(!JSON.stringify([badRows, warnings]).includes(secret))
})

test('50,000 rows of every column check in under 2 s', () => {
  const columns = `${header},UserRoot,TargetDatabase,TargetUserName,TargetPassword`
  const rows = Array.from(
    { length: 50_000 },
    (_, i) => `user${i}@contoso.edu,contoso/mailadmin/user.${i},"P@ss,""${i}",/users/user.${i},db,user${i},secret${i}`,
  )
  const bytes = Buffer.from([columns, ...rows].join('\r\n'))
  const before = process.cpuUsage()
  assert.equal(checkCsv(bytes, { allowUnknownColumns: false, targetLogin: '{user}*{admin}' }).users.length, 50_000)
  assert.ok(cpuMsSince(before) < 2000)
})
