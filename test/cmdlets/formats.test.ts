/** How objects look: PowerShell's lists and tables, safe for a terminal. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { display } from '#cli/cmdlet/display.ts'
import type { Cmdlet, Sink } from '#cli/cmdlet/declare.ts'
import { shape, type PipeObject } from '#cli/cmdlet/shape.ts'
import { readGiven } from '#cli/cmdlet/bind.ts'
import { parseArguments } from '#cli/cmdlet/parse-arguments.ts'
import { CMDLETS } from '#cli/cmdlets/all.ts'
import { batch, endpoint, user } from './objects.ts'

process.env['TZ'] = 'UTC'

async function* each(objects: readonly PipeObject[]) {
  yield* objects
}

/** Objects come out as JSON Lines. */
async function through(
  name: string,
  words: readonly string[],
  objects: readonly PipeObject[],
  width: number | null = null,
): Promise<string> {
  let out = ''
  const sink: Sink = {
    text: async (text) => void (out += text),
    object: async (object) => void (out += `${JSON.stringify(object)}\n`),
    width,
  }
  const cmdlet: Cmdlet = await CMDLETS[name]!()
  const values = readGiven(cmdlet, parseArguments(cmdlet, words).given)
  await cmdlet.filter!(values as Readonly<Record<string, never>>, each(objects), sink)
  return out
}

const batches = [
  shape('MigrationBatch', batch()),
  shape('MigrationBatch', batch({ identity: 'Ü2', status: 'SyncedWithErrors', totalCount: 5 })),
]

suite('Format-List', () => {
  test('aligns the names it is given, in their order and spelt as the objects have them', async () => {
    assert.equal(
      await through('Format-List', ['status,identity,UserCounts,CompleteAfter,TargetDatabases'], batches.slice(0, 1)),
      `
Status          : Synced
Identity        : IMAPBatch1
UserCounts      : @{Synced=113; Syncing=7}
CompleteAfter   :
TargetDatabases : {Store1}

`,
    )
  })

  test('shows all properties, and no $type', async () => {
    const text = await through('Format-List', [], [shape('MigrationEndpoint', endpoint())])
    assert.equal(
      text,
      `
Identity                      : IMAPEndpoint
Guid                          : 00000000-0000-4000-8000-000000000001
EndpointType                  : IMAP
RemoteServer                  : imap.contoso.com
Port                          : 143
Security                      : Tls
Authentication                : Basic
AcceptUntrustedCertificates   : False
AllowClearText                : False
MaxConcurrentMigrations       : 50
MaxConcurrentIncrementalSyncs : 25
ActiveMigrationCount          : 0
ActiveIncrementalSyncCount    : 0
Batches                       : {}
CreationDateTime              : 2026-11-30 22:00:00Z
LastModifiedDateTime          : 2026-11-30 22:00:00Z

`,
    )
  })

  test('keeps objects apart, and shows a name that none has blank', async () => {
    assert.equal(
      await through('Format-List', ['Identity,Nothing'], batches),
      '\nIdentity : IMAPBatch1\nNothing  :\n\nIdentity : Ü2\nNothing  :\n\n',
    )
  })

  test('of nothing is nothing', async () => {
    assert.equal(await through('Format-List', [], []), '')
  })
})

suite('Format-Table', () => {
  test("has Exchange's columns for batches, numbers to the right", async () => {
    assert.equal(
      await through('Format-Table', [], batches),
      `
Identity    Status            Type  TotalCount
--------    ------            ----  ----------
IMAPBatch1  Synced            IMAP         120
Ü2          SyncedWithErrors  IMAP           5

`,
    )
  })

  test('and for users', async () => {
    const users = [shape('MigrationUser', user(1, { lastSuccessfulSyncTime: '2026-12-01T08:00:00Z' }))]
    assert.equal(
      await through('Format-Table', ['-AutoSize'], users),
      `
Identity           Batch       Status  LastSyncTime
--------           -----       ------  ------------
user1@contoso.com  IMAPBatch1  Failed  2026-12-01 08:00:00Z

`,
    )
  })

  test('has the columns that are named, with blanks behind the commas', async () => {
    assert.equal(
      await through('Format-Table', ['Identity,', 'Synced*,', 'FailedCount'], batches),
      `
Identity    SyncedCount  FailedCount
--------    -----------  -----------
IMAPBatch1          113            0
Ü2                  113            0

`,
    )
  })

  test('is cut to the terminal', async () => {
    const text = await through('Format-Table', ['Identity,ErrorSummary'], [shape('MigrationUser', user(1))], 40)
    for (const line of text.split('\n')) assert.ok(line.length <= 40, line)
    assert.match(text, /user1@contoso\.com {2}the server refused u…$/m)
    assert.match(
      await through('Format-Table', ['ErrorSummary', '-Wrap'], [shape('MigrationUser', user(1))], 20),
      /password/,
    )
  })
})

suite('Values', () => {
  test('are shown as PowerShell does', () => {
    assert.equal(display(['a', 'b', 'c', 'd', 'e']), '{a, b, c, d, …}')
    assert.equal(display([]), '{}')
    assert.equal(display(true), 'True')
    assert.equal(display(null), '')
    assert.equal(display({ Kind: 'BadItem', Sizes: [1] }), '@{Kind=BadItem; Sizes={1}}')
    assert.equal(display('2026-12-01T08:00:00.123+01:00'), '2026-12-01 07:00:00Z')
  })

  test('do nothing to the terminal', () => {
    assert.equal(display('a\u001b[31mb\u202e\nc'), String.raw`a\u{1b}[31mb\u{202e}\u{a}c`)
    assert.doesNotMatch(display({ 'a\u001b': ['\u009b'] }), /\p{C}/u)
  })

  test('get PascalCase names all the way down', () => {
    assert.deepEqual(shape('T', { identity: 'x', skippedItems: [{ folderName: 'a' }], userCounts: { Synced: 1 } }), {
      $type: 'T',
      Identity: 'x',
      SkippedItems: [{ FolderName: 'a' }],
      UserCounts: { Synced: 1 },
    })
  })
})

suite('Select-Object', () => {
  const numbers = [1, 2, 3, 4].map((n) => ({ $type: 'T', N: n, Name: `n${n}` }))

  test('takes the first, the last, those after', async () => {
    assert.equal(
      await through('Select-Object', ['-First', '1', '-Skip', '1'], numbers),
      '{"$type":"T","N":2,"Name":"n2"}\n',
    )
    assert.equal(await through('Select-Object', ['-Last', '1'], numbers), '{"$type":"T","N":4,"Name":"n4"}\n')
    assert.equal(await through('Select-Object', ['-First', '0'], numbers), '')
  })

  test('takes properties, and the object stays of its kind', async () => {
    assert.equal(
      await through('Select-Object', ['name,Other', '-First', '1'], numbers),
      '{"$type":"Selected.T","Name":"n1","Other":null}\n',
    )
  })

  test('expands a property: texts one a line, objects as objects', async () => {
    assert.equal(await through('Select-Object', ['-ExpandProperty', 'name'], numbers), 'n1\nn2\nn3\nn4\n')
    assert.equal(
      await through('Select-Object', ['-ExpandProperty', 'L'], [{ L: [{ A: 1 }, 'b\u001b'] }]),
      '{"A":1}\nb\\u{1b}\n',
    )
  })
})

suite('Where-Object', () => {
  const objects: readonly PipeObject[] = [
    { Name: 'Anna', N: 10, At: '2026-12-01T00:00:00Z', Tags: ['x', 'y'], On: true, Span: '1.00:00:00', Nothing: null },
    { Name: 'Bob', N: 9, At: '2026-11-01T00:00:00Z', Tags: [], On: false, Span: '08:00:00', Nothing: 'z' },
  ]
  const cases: readonly (readonly [string, string])[] = [
    ['Name -eq anna', 'Anna'],
    ['Name -ne anna', 'Bob'],
    ['N -gt 9', 'Anna'],
    ['N -lt 10', 'Bob'],
    ['N -ge 10', 'Anna'],
    ['N -le 10', 'Anna Bob'],
    ['At -lt 2026-11-15', 'Bob'],
    ['Span -ge 1.00:00:00', 'Anna'],
    ['On -eq $true', 'Anna'],
    ['On', 'Anna'],
    ['On -not', 'Bob'],
    ['Name -like a*', 'Anna'],
    ['Name -notlike a*', 'Bob'],
    ['Name -match ^b', 'Bob'],
    ['Name -in bob,carl', 'Bob'],
    ['Tags -contains X', 'Anna'],
    ['Tags -eq y', 'Anna'],
    ['Nothing -eq $null', 'Anna'],
    ['Nothing -ne $null', 'Bob'],
    ['Absent -eq $null', 'Anna Bob'],
    ['Absent -gt 1', ''],
  ]
  for (const [line, names] of cases) {
    test(line, async () => {
      const out = await through('Where-Object', line.split(' '), objects)
      assert.equal([...out.matchAll(/"Name":"(\w+)"/g)].map(([, name]) => name).join(' '), names)
    })
  }
})

suite('Other filters', () => {
  test('script blocks and calculated properties are refused with what to write', async () => {
    const refused = { message: /script blocks and calculated properties are PowerShell's own/ }
    await assert.rejects(through('Where-Object', ['{_.Status', '-eq', 'Failed}'], []), refused)
    await assert.rejects(through('Format-Table', ['@{n=1}'], []), refused)
  })

  test('Sort-Object sorts numbers as numbers, by one property and then the next', async () => {
    const objects = [
      { A: 10, B: 'b' },
      { A: 9, B: 'x' },
      { A: 10, B: 'A' },
    ]
    const order = async (...words: string[]) =>
      [...(await through('Sort-Object', words, objects)).matchAll(/"B":"(\w)"/g)].map(([, name]) => name).join('')
    assert.equal(await order('A,B'), 'xAb')
    assert.equal(await order('A,B', '-Descending'), 'bAx')
  })

  test('Measure-Object counts and adds up', async () => {
    const out = await through('Measure-Object', ['TotalCount', '-Sum', '-Average'], batches)
    assert.deepEqual(JSON.parse(out), {
      $type: 'Measure',
      Count: 2,
      Average: 62.5,
      Sum: 125,
      Maximum: null,
      Minimum: null,
      Property: 'TotalCount',
    })
    assert.match(await through('Measure-Object', [], batches), /"Count":2/)
  })

  test('ConvertTo-Json makes one document', async () => {
    assert.equal(await through('ConvertTo-Json', ['-Compress'], [{ $type: 'T', A: 1 }]), '{"A":1}\n')
    assert.deepEqual(
      JSON.parse(
        await through(
          'ConvertTo-Json',
          [],
          batches.map(() => ({ A: 1 })),
        ),
      ),
      [{ A: 1 }, { A: 1 }],
    )
  })

  test('Export-Csv defuses formulas and quotes what needs it', async () => {
    const objects = [{ $type: 'T', A: '=HYPERLINK("x")', B: -1, C: 'a,b', D: null, E: '-2+3', F: ['x'] }]
    assert.equal(
      await through('Export-Csv', ['-'], objects),
      `A,B,C,D,E,F\r\n"'=HYPERLINK(""x"")",-1,"a,b",,'-2+3,"[""x""]"\r\n`,
    )
  })
})
