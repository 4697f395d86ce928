/** INTERNALDATE, to the second, as seconds since 1970 UTC; may be negative. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const
const BY_NAME = new Map(MONTHS.flatMap((name, index) => [[name, index] as const, [name.toLowerCase(), index] as const]))

/** 2090-01-01, which is 1953-11-25 in 32 bits. */
const WRAPPED_FROM = 3_786_912_000

/**
 * Parses ` 1-Feb-2024 13:05:09 +0100` (RFC 9051 §9 date-time). Answers null for anything else.
 *
 * Dates from 2090 to 2106 are read as those before 1970 that they stand for: Dovecot keeps 32 bits, and once a date
 * is in its cache 1969 comes back as 2105. Both readings of one message must be one date, or a copy that is there
 * would not be recognised and be sent twice. Dates after 2038 that are meant so (wrong clocks, test mail) stay.
 */
export function parseInternalDate(text: string): number | null {
  const m = /^\s?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/.exec(text)
  if (!m) return null
  const month = BY_NAME.get(m[2]!) ?? BY_NAME.get(m[2]!.toLowerCase())
  if (month === undefined) return null
  const [day, year, hour, minute, second] = [Number(m[1]), Number(m[3]), Number(m[4]), Number(m[5]), Number(m[6])]
  if (day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return null
  const offset = (Number(m[8]) * 60 + Number(m[9])) * 60 * (m[7] === '-' ? -1 : 1)
  const seconds = secondsOf(year, month, day, hour, minute, second) - offset
  return seconds >= WRAPPED_FROM && seconds < 2 ** 32 ? seconds - 2 ** 32 : seconds
}

function secondsOf(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  if (year > 99) return Date.UTC(year, month, day, hour, minute, second) / 1000
  // Date.UTC reads years 0 to 99 as 1900 to 1999: set the year apart.
  const date = new Date(Date.UTC(2000, month, day, hour, minute, second))
  date.setUTCFullYear(year, month, day)
  return date.getTime() / 1000
}

const two = (value: number) => (value < 10 ? `0${value}` : String(value))

/** Formats for APPEND, always in UTC: `01-Feb-2024 12:05:09 +0000`. The year is held within 0000 to 9999. */
export function formatInternalDate(seconds: number): string {
  const date = new Date(Math.min(Math.max(seconds, -62_167_219_200), 253_402_300_799) * 1000)
  const year = String(date.getUTCFullYear()).padStart(4, '0')
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  return `${two(date.getUTCDate())}-${MONTHS[date.getUTCMonth()]!}-${year} ${time} +0000`
}
