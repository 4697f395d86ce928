/** Durations as PowerShell writes them: `[d.]hh:mm:ss[.fffffff]`. */

/** Whole seconds to `1.02:03:04`; negative ones count as none. */
export function formatTimeSpan(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const two = (value: number) => String(value).padStart(2, '0')
  const days = Math.floor(whole / 86_400)
  const clock = [Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60].map(two).join(':')
  return days > 0 ? `${days}.${clock}` : clock
}

const SPAN = /^(?:(\d{1,6})\.)?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,7})?)?$/

/** Seconds of `1.00:00:00`, `08:30:00`, `8:30` or a whole number of days, as PowerShell casts it; null when it is none. */
export function parseTimeSpan(text: string): number | null {
  const trimmed = text.trim()
  if (/^\d{1,6}$/.test(trimmed)) return Number(trimmed) * 86_400
  const match = SPAN.exec(trimmed)
  if (!match) return null
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ]
  if (hours > 23 || minutes > 59 || seconds > 59) return null
  return days * 86_400 + hours * 3600 + minutes * 60 + seconds
}
