/** Words of a command line into values, by PowerShell's rules. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Fault } from '#base/fault.ts'
import { checkSets, readGiven } from '#cli/cmdlet/bind.ts'
import { cmdlet } from '#cli/cmdlet/declare.ts'
import { parseDateTime, zoneNamed } from '#cli/cmdlet/date-time.ts'
import { splitList } from '#cli/cmdlet/list-value.ts'
import { parseArguments } from '#cli/cmdlet/parse-arguments.ts'
import { wildcard } from '#cli/cmdlet/wildcard.ts'

const set = cmdlet({
  name: 'Set-Thing',
  synopsis: '',
  description: '',
  impact: 'high',
  parameters: {
    Identity: { type: 'string', mandatory: true, position: 0, help: '' },
    Folders: { type: 'list', position: 1, help: '' },
    AutoStart: { type: 'switch', help: '' },
    AutoStop: { type: 'switch', help: '' },
    SkipReports: { type: 'bool', help: '' },
    Port: { type: 'int', help: '' },
    Slots: { type: 'slots', help: '' },
    ResultSize: { type: 'count', help: '' },
    Security: { type: 'enum', values: ['None', 'Ssl', 'Tls'], help: '' },
    StartAfter: { type: 'dateTime', nullable: true, help: '' },
    TimeZone: { type: 'timeZone', help: '' },
    ReportInterval: { type: 'timeSpan', help: '' },
    CSVData: { type: 'path', help: '' },
  },
  foreign: { TargetDeliveryDomain: 'remote moves', PortOfCall: 'ships' },
  examples: [],
  run: async () => {},
})

const two = cmdlet({
  name: 'Test-Thing',
  synopsis: '',
  description: '',
  parameters: {
    Endpoint: { type: 'string', mandatory: true, sets: ['Endpoint'], help: '' },
    RemoteServer: { type: 'string', mandatory: true, sets: ['Server'], help: '' },
    Port: { type: 'int', mandatory: true, sets: ['Server'], help: '' },
  },
  examples: [],
  run: async () => {},
})

const read = (...words: readonly string[]) => readGiven(set, parseArguments(set, words).given)

function refused(act: () => unknown): string {
  try {
    act()
  } catch (thrown) {
    assert.ok(thrown instanceof Fault, String(thrown))
    return `${thrown.code}: ${thrown.message} ${thrown.remedy ?? ''}`
  }
  return assert.fail('nothing was refused')
}

suite('Names of parameters', () => {
  test('are taken in any case, by any beginning that only one has, with a colon or a blank', () => {
    assert.deepEqual(read('-identity', 'x', '-SEC:tls', '-rep', '08:00:00', '-Port:143'), {
      Identity: 'x',
      Security: 'Tls',
      ReportInterval: '08:00:00',
      Port: 143,
    })
  })

  test('that are ambiguous are refused with the candidates', () => {
    assert.match(
      refused(() => read('-Auto')),
      /-Auto is ambiguous: it may be -AutoStart or -AutoStop/,
    )
  })

  test('that are whole are taken though others begin with them', () => {
    assert.deepEqual(read('-Port', '1'), { Port: 1 })
  })

  test('that are unknown are refused with the nearest', () => {
    assert.match(
      refused(() => read('-Secrity', 'Ssl')),
      /Set-Thing has no parameter -Secrity\. Did you mean -Security\?/,
    )
    assert.match(
      refused(() => read('-Zebra', 'x')),
      /Get-Help Set-Thing lists/,
    )
  })

  test("that are Exchange's and for something else are refused by name, whole or begun", () => {
    const said =
      /PARAMETER_NOT_SUPPORTED: ParameterNotSupportedForMigrationException: the parameter -TargetDeliveryDomain is for remote moves/
    assert.match(
      refused(() => read('-targetdeliverydomain', 'x')),
      said,
    )
    assert.match(
      refused(() => read('-TargetDel', 'x')),
      said,
    )
    assert.match(
      refused(() => read('-DomainController', 'x')),
      /is for Active Directory/,
    )
  })

  test('may begin with the dash of a word processor', () => {
    assert.deepEqual(read('–Port', '1', '—AutoStart'), { Port: 1, AutoStart: true })
  })

  test('may stand once', () => {
    assert.match(
      refused(() => read('-Port', '1', '-port:2')),
      /-Port was given more than once/,
    )
  })

  test('of all cmdlets are there, with their short forms', () => {
    assert.deepEqual(read('-WhatIf', '-ea', 'stop', '-Verbose'), { WhatIf: true, ErrorAction: 'Stop', Verbose: true })
  })
})

suite('Switches', () => {
  test('take $true and $false in every spelling', () => {
    for (const text of ['$true', 'true', 'TRUE', '$True', '1'])
      assert.equal(read(`-Confirm:${text}`)['Confirm'], true, text)
    for (const text of ['$false', 'false', '$False', '0', '$null', 'null'])
      assert.equal(read(`-Confirm:${text}`)['Confirm'], false, text)
    assert.deepEqual(read('-AutoStart', '$false', 'x'), { AutoStart: false, Identity: 'x' })
  })

  test('with an empty value are refused, with why and what to do', () => {
    const said = refused(() => read('x', '-Confirm:'))
    assert.match(said, /-Confirm: has an empty value\. In a shell, \$true and \$false are variables/)
    assert.match(said, /eval "\$\(waybill aliases\)" first, which sets them, or write -Confirm:false/)
  })

  test('do not swallow the word that follows', () => {
    assert.deepEqual(read('-AutoStart', 'x'), { AutoStart: true, Identity: 'x' })
  })
})

suite('Values', () => {
  test('that are missing are named', () => {
    assert.match(
      refused(() => read('-Port')),
      /-Port lacks its value/,
    )
    assert.match(
      refused(() => read('-CSVData', '-AutoStart')),
      /-CSVData lacks its value/,
    )
    assert.equal(read('-CSVData:-x.csv')['CSVData'], '-x.csv')
  })

  test('of an enum are taken in any case, and else refused with those allowed', () => {
    assert.equal(read('-Security', 'TLS')['Security'], 'Tls')
    assert.match(
      refused(() => read('-Security', 'Starttls')),
      /one of the values it may have: None, Ssl, Tls/,
    )
  })

  test('of a Boolean parameter are needed', () => {
    assert.equal(read('-SkipReports', '$true')['SkipReports'], true)
    assert.equal(read('-SkipReports:$null')['SkipReports'], false)
    assert.match(
      refused(() => read('-SkipReports', 'maybe')),
      /is not \$true or \$false/,
    )
  })

  test('that are numbers may have a unit', () => {
    assert.equal(read('-Port', '2KB')['Port'], 2048)
    assert.equal(read('-Port', '-5')['Port'], -5)
    assert.match(
      refused(() => read('-Port', 'imap')),
      /"imap" is not a whole number/,
    )
  })

  test('Unlimited is a number of results, and of slots', () => {
    assert.equal(read('-ResultSize', 'unlimited')['ResultSize'], Infinity)
    assert.equal(read('-Slots', 'UNLIMITED')['Slots'], 'Unlimited')
    assert.match(
      refused(() => read('-ResultSize', '0')),
      /from 1 on, or Unlimited/,
    )
  })

  test('empty or $null never mean all', () => {
    assert.match(
      refused(() => read('-Identity', '')),
      /-Identity has an empty value/,
    )
    assert.match(
      refused(() => read('-Identity', '$null')),
      /-Identity may not be \$null/,
    )
    assert.equal(read('-StartAfter', '$null')['StartAfter'], null)
  })

  test('TimeSpans are checked', () => {
    assert.equal(read('-ReportInterval', '1.00:00:00')['ReportInterval'], '1.00:00:00')
    assert.match(
      refused(() => read('-ReportInterval', '25:00:00')),
      /TimeSpan such as 08:30:00/,
    )
  })
})

suite('Lists', () => {
  test('have commas, and a comma that is meant a backslash', () => {
    assert.deepEqual(splitList(String.raw`Deleted Items, Junk\, E-mail ,Notes`), [
      'Deleted Items',
      'Junk, E-mail',
      'Notes',
    ])
  })

  test('go on in the next word behind a comma', () => {
    assert.deepEqual(read('x', 'A,', 'B,', 'C', '-AutoStart'), {
      Identity: 'x',
      Folders: ['A', 'B', 'C'],
      AutoStart: true,
    })
    assert.deepEqual(read('-Folders', 'A,', 'B', 'x'), { Folders: ['A', 'B'], Identity: 'x' })
  })

  test('may come one a line, as $(…) gives them', () => {
    assert.deepEqual(read('-Folders', 'a\nb\n')['Folders'], ['a', 'b'])
  })
})

suite('Positions', () => {
  test('are filled in order, around what is named', () => {
    assert.deepEqual(read('x', 'A,B'), { Identity: 'x', Folders: ['A', 'B'] })
    assert.deepEqual(read('A,B', '-Identity', 'x'), { Identity: 'x', Folders: ['A', 'B'] })
  })

  test('that are not there are refused', () => {
    assert.match(
      refused(() => read('x', 'A', 'B')),
      /Set-Thing has no place for "B"/,
    )
  })

  test('behind -- take words with dashes', () => {
    assert.deepEqual(read('--', '-x'), { Identity: '-x' })
  })

  test('-? and --help ask for help wherever they stand', () => {
    assert.equal(parseArguments(set, ['x', '-?']).wantsHelp, true)
    assert.equal(parseArguments(set, ['--help']).wantsHelp, true)
  })
})

suite('Parameter sets', () => {
  test('that exclude each other are refused', () => {
    assert.match(
      refused(() => checkSets(two, { Endpoint: 'a', Port: 1 })),
      /-Endpoint and -Port exclude each other/,
    )
  })

  test('say what is missing for the nearest', () => {
    assert.match(
      refused(() => checkSets(two, { RemoteServer: 'a' })),
      /The mandatory parameter -Port is missing/,
    )
    assert.match(
      refused(() => checkSets(two, {})),
      /The mandatory parameter -Endpoint is missing/,
    )
    assert.match(
      refused(() => checkSets(set, {})),
      /The mandatory parameter -Identity is missing/,
    )
  })

  test('that are whole pass', () => {
    checkSets(two, { Endpoint: 'a' })
    checkSets(two, { RemoteServer: 'a', Port: 1 })
  })
})

suite('Dates', () => {
  const cases: readonly (readonly [string, string, string | null])[] = [
    ['2026-12-01', 'UTC', '2026-12-01T00:00:00.000Z'],
    ['2026-12-01 08:00', 'UTC', '2026-12-01T08:00:00.000Z'],
    ['12/1/2026 8:00 AM', 'UTC', '2026-12-01T08:00:00.000Z'],
    ['12/1/2026 12:30 am', 'UTC', '2026-12-01T00:30:00.000Z'],
    ['12/1/2026 12:30:15 PM', 'UTC', '2026-12-01T12:30:15.000Z'],
    ['12/1/2026', 'UTC', '2026-12-01T00:00:00.000Z'],
    ['2026-12-01T08:00:00Z', 'Europe/Paris', '2026-12-01T08:00:00.000Z'],
    ['2026-12-01T08:00:00+05:30', 'UTC', '2026-12-01T02:30:00.000Z'],
    // As Format-List shows them.
    ['2026-12-01 08:00:00 -08:00', 'UTC', '2026-12-01T16:00:00.000Z'],
    ['2026-12-01 08:00:00Z', 'UTC', '2026-12-01T08:00:00.000Z'],
    ['2026-07-01 08:00', 'Europe/Paris', '2026-07-01T06:00:00.000Z'],
    ['2026-12-01 08:00', 'Europe/Paris', '2026-12-01T07:00:00.000Z'],
    ['2026-12-01 08:00', 'Asia/Kolkata', '2026-12-01T02:30:00.000Z'],
    // Summer time begins: there is no half past two. It ends: there are two, and the first is taken.
    ['2026-03-29 02:30', 'Europe/Paris', '2026-03-29T01:30:00.000Z'],
    ['2026-10-25 02:30', 'Europe/Paris', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25 03:00', 'Europe/Paris', '2026-10-25T02:00:00.000Z'],
    ['2026-02-30', 'UTC', null],
    ['2026-12-01 25:00', 'UTC', null],
    ['13/1/2026', 'UTC', null],
    ['12/1/2026 13:00 PM', 'UTC', null],
    ['1.12.2026', 'UTC', null],
    ['tomorrow', 'UTC', null],
  ]
  for (const [text, zone, instant] of cases) {
    test(`${text} in ${zone}`, () => {
      assert.equal(parseDateTime(text, zone), instant)
    })
  }

  test('without a zone are in -TimeZone, an IANA name or one of Windows, wherever it stands', () => {
    for (const zone of ['Europe/Paris', 'romance standard time']) {
      assert.equal(read('-StartAfter', '2026-12-01 08:00', '-TimeZone', zone)['StartAfter'], '2026-12-01T07:00:00.000Z')
    }
    assert.equal(zoneNamed('W. Europe Standard Time'), 'Europe/Berlin')
    assert.match(
      refused(() => read('-TimeZone', 'Middle Earth')),
      /a time zone such as Europe\/Paris/,
    )
  })
})

suite('Wildcards', () => {
  test('fit whole names in any case, and nothing in them is a regular expression', () => {
    assert.ok(wildcard('max*')('MaxConcurrentMigrations'))
    assert.ok(wildcard('*@contoso.???')('anna@contoso.com'))
    assert.ok(!wildcard('a.c')('abc'))
    assert.ok(!wildcard('*x')('y'))
    assert.ok(wildcard('[a]')('[a]'))
  })

  test('of many stars are quick', () => {
    assert.equal(wildcard(`${'*'.repeat(60)}b`)('a'.repeat(5000)), false)
  })
})
