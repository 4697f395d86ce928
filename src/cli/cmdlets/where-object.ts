import { compareValues, isTruthy } from '../cmdlet/compare.ts'
import { filter } from '../cmdlet/declare.ts'
import { splitList } from '../cmdlet/list-value.ts'
import { propertyOf, textOf } from '../cmdlet/shape.ts'
import { inWords, usage } from '../cmdlet/usage.ts'
import { wildcard } from '../cmdlet/wildcard.ts'

/** `wanted` is null for `$null`. */
type Test = (value: unknown, wanted: string | null) => boolean

const equal: Test = (value, wanted) =>
  wanted === null ? value === null || value === undefined : compareValues(value, wanted) === 0
const like: Test = (value, wanted) => wildcard(wanted ?? '')(textOf(value))
const oneOf: Test = (value, wanted) => splitList(wanted ?? '').some((one) => equal(value, one))
/** What is not there is neither more nor less than anything. */
const ordered =
  (fits: (order: number) => boolean): Test =>
  (value, wanted) =>
    value !== null && value !== undefined && fits(compareValues(value, wanted))

const TESTS: Readonly<Record<string, Test>> = {
  EQ: equal,
  NE: (value, wanted) => !equal(value, wanted),
  GT: ordered((order) => order > 0),
  GE: ordered((order) => order >= 0),
  LT: ordered((order) => order < 0),
  LE: ordered((order) => order <= 0),
  Like: like,
  NotLike: (value, wanted) => !like(value, wanted),
  Match: (value, wanted) => pattern(wanted ?? '').test(textOf(value)),
  NotMatch: (value, wanted) => !pattern(wanted ?? '').test(textOf(value)),
  In: oneOf,
  NotIn: (value, wanted) => !oneOf(value, wanted),
  Contains: (value, wanted) => Array.isArray(value) && value.some((one) => equal(one, wanted)),
  NotContains: (value, wanted) => !(Array.isArray(value) && value.some((one) => equal(one, wanted))),
}
/** Of a list these look at each of its items. */
const EACH = new Set(['EQ', 'GT', 'GE', 'LT', 'LE', 'Like', 'Match'])

const operator = (help: string) => ({ type: 'switch', help }) as const

export const whereObject = filter({
  name: 'Where-Object',
  synopsis: 'Keeps the objects whose property compares as asked.',
  description:
    'Compares one property with a value: numbers as numbers, dates as dates, texts without regard to case. Without a comparison it keeps objects whose property is there and not false. Script blocks are not supported: one Where-Object after the other says "and".',
  parameters: {
    Property: { type: 'string', mandatory: true, position: 0, help: 'Name of the property.' },
    Value: { type: 'string', position: 1, nullable: true, help: 'What it is compared with; $null is a value.' },
    EQ: operator('Equal.'),
    NE: operator('Not equal.'),
    GT: operator('Greater.'),
    GE: operator('Greater or equal.'),
    LT: operator('Less.'),
    LE: operator('Less or equal.'),
    Like: operator('Fits a pattern with * and ?.'),
    NotLike: operator('Does not fit a pattern.'),
    Match: operator('Fits a regular expression.'),
    NotMatch: operator('Does not fit a regular expression.'),
    In: operator('Is one of a list.'),
    NotIn: operator('Is none of a list.'),
    Contains: operator('Is a list that holds the value.'),
    NotContains: operator('Is no list that holds the value.'),
    Not: operator('The property is absent or false.'),
  },
  examples: [
    { code: 'Get-MigrationUser | Where-Object Status -eq Failed', says: 'The users that failed.' },
    { code: 'Get-MigrationBatch | Where-Object TotalCount -gt 100', says: 'The large batches.' },
    {
      code: 'Get-MigrationUser | Where-Object LastSuccessfulSyncTime -lt 2026-12-01',
      says: 'The users that were not synced since.',
    },
  ],
  async filter(values, objects, sink) {
    const chosen = Object.keys(TESTS).filter((name) => (values as Readonly<Record<string, unknown>>)[name] === true)
    if (chosen.length > 1 || (chosen.length > 0 && values.Not)) {
      throw usage(
        `Only one comparison at a time: ${inWords(chosen.map((name) => `-${name}`))}.`,
        'Write a second Where-Object behind a second pipe.',
      )
    }
    const [name] = chosen
    if (name !== undefined && values.Value === undefined) throw usage(`-${name} needs a value to compare with.`)
    if (name === undefined && values.Value !== undefined)
      throw usage('A comparison is missing.', `Write Where-Object ${values.Property} -eq ${values.Value}.`)
    for await (const object of objects) {
      const value = propertyOf(object, values.Property)
      const fits =
        name === undefined ? isTruthy(value) !== (values.Not ?? false) : tested(name, value, values.Value ?? null)
      if (fits) await sink.object(object)
    }
  },
})

function tested(name: string, value: unknown, wanted: string | null): boolean {
  const test = TESTS[name]!
  return EACH.has(name) && Array.isArray(value) ? value.some((one) => test(one, wanted)) : test(value, wanted)
}

const known = new Map<string, RegExp>()

function pattern(text: string): RegExp {
  let regex = known.get(text)
  if (!regex) {
    try {
      regex = new RegExp(text, 'iu')
    } catch (thrown) {
      throw usage(`-Match: ${(thrown as Error).message}.`)
    }
    known.set(text, regex)
  }
  return regex
}
