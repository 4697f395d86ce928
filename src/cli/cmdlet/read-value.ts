/** The text of a parameter into its value; what is wrong is refused with what would be right. */
import { parseTimeSpan } from '#contract/timespan.ts'
import { parseDateTime, zoneNamed } from './date-time.ts'
import type { Parameter, ValueTypes } from './declare.ts'
import { splitList } from './list-value.ts'
import { inWords, nearest, usage } from './usage.ts'

const NULL = /^\$?null$/i
const UNITS: Readonly<Record<string, number>> = { kb: 1024, mb: 1_048_576, gb: 1_073_741_824 }

/** `zone` is that of dates without one. */
export function readValue(name: string, parameter: Parameter, text: string | true, zone: string): unknown {
  if (text === true) return true
  if (NULL.test(text) && parameter.type !== 'bool' && parameter.type !== 'switch') {
    if (parameter.nullable === true) return null
    // A forgotten value must never mean "all" (exchange-semantics.md §3.2, the trap).
    throw usage(`-${name} may not be $null.`)
  }
  if (text.trim() === '')
    throw usage(`-${name} has an empty value.`, 'A variable that is not set comes out as nothing.')
  const value = READ[parameter.type](text.trim(), parameter, zone)
  if (value === undefined) {
    const near = nearest(text, parameter.values ?? [])
    throw usage(
      `-${name}: ${JSON.stringify(text)} is not ${WANTED[parameter.type](parameter)}.`,
      near.length > 0 ? `Did you mean ${inWords(near, 'or')}?` : undefined,
    )
  }
  return value
}

type Read<T> = (text: string, parameter: Parameter, zone: string) => T | undefined

function readInt(text: string): number | undefined {
  const match = /^([+-]?\d{1,15})(kb|mb|gb)?$/i.exec(text)
  return match ? Number(match[1]) * (UNITS[match[2]?.toLowerCase() ?? ''] ?? 1) : undefined
}

function readBool(text: string): boolean | undefined {
  if (/^\$?true$|^1$/i.test(text)) return true
  return /^\$?(?:false|null)$|^0$/i.test(text) ? false : undefined
}

const READ: { readonly [T in keyof ValueTypes]: Read<ValueTypes[T]> } = {
  string: (text) => text,
  // What was copied out of a document: -CSVData ([System.IO.File]::ReadAllBytes("users.csv"))
  path: (text) => /^\(?\[(?:System\.)?IO\.File\]::ReadAllBytes\((["'])(.+)\1\)\)?$/i.exec(text)?.[2] ?? text,
  int: readInt,
  count(text) {
    if (/^unlimited$/i.test(text)) return Infinity
    const value = readInt(text)
    return value !== undefined && value > 0 ? value : undefined
  },
  slots(text) {
    if (/^unlimited$/i.test(text)) return 'Unlimited'
    return readInt(text)
  },
  bool: readBool,
  switch: readBool,
  enum: (text, { values }) => values?.find((value) => value.toLowerCase() === text.toLowerCase()),
  list(text) {
    const list = splitList(text)
    return list.length > 0 ? list : undefined
  },
  dateTime: (text, _, zone) => parseDateTime(text, zone) ?? undefined,
  timeZone: (text) => zoneNamed(text) ?? undefined,
  timeSpan: (text) => (parseTimeSpan(text) === null ? undefined : text),
}

const WANTED: { readonly [T in keyof ValueTypes]: (parameter: Parameter) => string } = {
  string: () => 'a text',
  path: () => 'a path',
  int: () => 'a whole number',
  count: () => 'a whole number from 1 on, or Unlimited',
  slots: () => 'a whole number, or Unlimited',
  bool: () => '$true or $false',
  switch: () => '$true or $false',
  enum: ({ values = [] }) => `one of the values it may have: ${values.join(', ')}`,
  list: () => 'a list such as A,B',
  dateTime: () => 'a date such as 2026-12-01, "2026-12-01 08:00", "12/1/2026 8:00 AM" or 2026-12-01T08:00:00+01:00',
  timeZone: () => 'a time zone such as Europe/Paris, "Romance Standard Time" or UTC',
  timeSpan: () => 'a TimeSpan such as 08:30:00 or 1.00:00:00 (days.hours:minutes:seconds)',
}
