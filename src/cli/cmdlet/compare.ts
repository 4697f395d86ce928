/** Comparisons of Where-Object and Sort-Object: numbers as numbers, dates as dates, texts without regard to case. */
import { parseTimeSpan } from '#contract/timespan.ts'
import { parseDateTime } from './date-time.ts'
import { textOf } from './shape.ts'

const NUMBER = /^[+-]?\d+(?:\.\d+)?$/

/** Negative, zero, positive; what is not there comes first. */
export function compareValues(a: unknown, b: unknown): number {
  if (isNothing(a) || isNothing(b)) return Number(!isNothing(a)) - Number(!isNothing(b))
  const pair = numbers(a, b)
  if (pair) return pair[0] - pair[1]
  const [left, right] = [words(a), words(b)]
  return left === right ? 0 : left < right ? -1 : 1
}

const isNothing = (value: unknown): boolean => value === undefined || value === null

const words = (value: unknown): string => textOf(value).toLowerCase()

/** Both as numbers: what looks like a number, a date, a TimeSpan or $true on both sides. */
function numbers(a: unknown, b: unknown): [number, number] | null {
  for (const read of [asNumber, asTime, asSpan, asBool]) {
    const [left, right] = [read(a), read(b)]
    if (left !== null && right !== null) return [left, right]
  }
  return null
}

const asNumber = (value: unknown): number | null =>
  typeof value === 'number' ? value : typeof value === 'string' && NUMBER.test(value) ? Number(value) : null

function asTime(value: unknown): number | null {
  const iso = typeof value === 'string' && /\d[-/]\d/.test(value) ? parseDateTime(value, 'UTC') : null
  return iso === null ? null : Date.parse(iso)
}

const asSpan = (value: unknown): number | null =>
  typeof value === 'string' && value.includes(':') ? parseTimeSpan(value) : null

function asBool(value: unknown): number | null {
  if (typeof value === 'boolean') return Number(value)
  const match = typeof value === 'string' ? /^\$?(true|false)$/i.exec(value) : null
  return match ? Number(match[1]!.toLowerCase() === 'true') : null
}

export const isTruthy = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.length > 0
    : value !== undefined && value !== null && value !== '' && value !== 0 && value !== false
