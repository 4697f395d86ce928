/** Dates as administrators write them, into ISO 8601 in UTC. */
import { instantInZone } from '#contract/zoned-time.ts'
import { WINDOWS_ZONES } from './windows-zones.ts'

/** An IANA name for `text`, which may be one or Windows' own; null when it is neither. */
export function zoneNamed(text: string): string | null {
  const wanted = text.trim().toLowerCase()
  const windows = Object.entries(WINDOWS_ZONES).find(([name]) => name.toLowerCase() === wanted)
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: windows?.[1] ?? text.trim() }).resolvedOptions().timeZone
  } catch {
    return null
  }
}

const ISO =
  /^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})(?:[T ](?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.\d+)?)?)?\s*(?<zone>Z|[+-]\d{2}:?\d{2})?$/i
const AMERICAN =
  /^(?<month>\d{1,2})\/(?<day>\d{1,2})\/(?<year>\d{4})(?: (?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2}))?(?: ?(?<half>[AP])M)?)?\s*(?<zone>Z|[+-]\d{2}:?\d{2})?$/i

/** `2026-12-01`, `2026-12-01 08:00`, `12/1/2026 8:00 AM`, ISO 8601; without a zone it is in `zone`. Null: none of them. */
export function parseDateTime(text: string, zone: string): string | null {
  const parts = (ISO.exec(text.trim()) ?? AMERICAN.exec(text.trim()))?.groups
  if (!parts) return null
  const number = (name: string) => Number(parts[name] ?? 0)
  let hour = number('hour')
  const half = parts['half']?.toUpperCase()
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return null
    hour = (hour % 12) + (half === 'P' ? 12 : 0)
  }
  const wall = Date.UTC(number('year'), number('month') - 1, number('day'), hour, number('minute'), number('second'))
  const back = new Date(wall)
  // Date.UTC makes 2 March of 30 February.
  const same =
    back.getUTCMonth() === number('month') - 1 &&
    back.getUTCDate() === number('day') &&
    back.getUTCHours() === hour &&
    back.getUTCMinutes() === number('minute') &&
    back.getUTCSeconds() === number('second')
  if (!same || number('year') < 1900) return null
  const offset = offsetOf(parts['zone'])
  return new Date(offset === null ? instantInZone(wall, zone) : wall - offset).toISOString()
}

function offsetOf(text: string | undefined): number | null {
  if (text === undefined) return null
  if (/^z$/i.test(text)) return 0
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2))
  return (text.startsWith('-') ? -1 : 1) * minutes * 60_000
}
