/** Numbers, sizes and dates as the reader writes them, in the reader's zone. */
import type { Language } from '../words/words.ts'
import { STEPS } from './seconds.ts'

/** English is written differently in London and in New York: as the browser is set, where it is set to this language. */
const localeOf = (language: Language): string =>
  navigator.languages.find((tag) => tag.slice(0, 2).toLowerCase() === language) ?? language

/** To make one takes the browser as long as a hundred texts: most of what a page with fifty rows took was that. */
function kept<Options, Format>(make: (locale: string, options: Options) => Format) {
  const made = new Map<string, Format>()
  return (language: Language, options: Options): Format => {
    const locale = localeOf(language)
    const key = `${locale} ${JSON.stringify(options)}`
    const format = made.get(key) ?? make(locale, options)
    made.set(key, format)
    return format
  }
}
const numbers = kept((locale, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options))
const dates = kept((locale, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options))
const relatives = kept(
  (locale, options: Intl.RelativeTimeFormatOptions) => new Intl.RelativeTimeFormat(locale, options),
)

export const formatNumber = (language: Language, value: number): string => numbers(language, {}).format(value)

export const formatPercent = (language: Language, value: number): string =>
  numbers(language, { style: 'percent', maximumFractionDigits: 1 }).format(value / 100)

/** @param timeZone another than the reader's */
export function formatDate(language: Language, text: string | null, timeZone?: string): string {
  if (text === null) return '—'
  return dates(language, {
    dateStyle: 'medium',
    timeStyle: 'medium',
    ...(timeZone !== undefined && { timeZone }),
  }).format(new Date(text))
}

/** `14:05`, or `Mon 14:05`. */
export const formatTime = (language: Language, at: Date, isWithDay: boolean): string =>
  dates(language, {
    ...(isWithDay && { weekday: 'short' }),
    hour: '2-digit',
    minute: '2-digit',
  }).format(at)

/** `5 minutes ago`, `in 2 days`. */
export function formatRelative(language: Language, text: string, nowMs: number): string {
  const seconds = (Date.parse(text) - nowMs) / 1000
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? STEPS[3]
  return relatives(language, { numeric: 'auto' }).format(Math.round(seconds / size), unit)
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

export function formatBytes(language: Language, bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3))
  return numbers(language, {
    style: 'unit',
    unit: UNITS[power]!,
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: power === 0 ? 0 : 1,
  }).format(bytes / 1000 ** power)
}

/** A second or more, in whole ones: `4 seconds`. */
export const formatWholeSeconds = (language: Language, ms: number): string =>
  numbers(language, {
    style: 'unit',
    unit: 'second',
    unitDisplay: 'long',
    maximumFractionDigits: 0,
  }).format(ms / 1000)
