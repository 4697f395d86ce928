/** Numbers, sizes, times and spans in a language. */
import type { Words } from './words/words.ts'

export const count = (value: number, { locale }: Words): string => value.toLocaleString(locale)

/** 1 MB = 1,048,576 bytes, as everywhere in Waybill. */
export function size(bytes: number, { locale, units }: Words): string {
  let unit = 0
  let left = bytes
  for (; left >= 1024 && unit < units.length - 1; unit++) left /= 1024
  const digits = unit === 0 || left >= 100 ? 0 : 1
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  return `${left.toLocaleString(locale, format)} ${units[unit]}`
}

/** `2 d 3 h`, `3 h 05 min`, `5 min`: an estimate is not known to the second. */
export function span(seconds: number, { day }: Words): string {
  const minutes = Math.max(1, Math.ceil(seconds / 60))
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24]
  if (days > 0) return `${days} ${day} ${hours} h`
  return hours > 0 ? `${hours} h ${String(minutes % 60).padStart(2, '0')} min` : `${minutes} min`
}

/** With the zone, for the reader may live in another. */
export function moment(iso: string, timeZone: string, { locale }: Words): string {
  return new Date(iso).toLocaleString(locale, {
    timeZone,
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  })
}
