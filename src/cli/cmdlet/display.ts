/** Values as PowerShell shows them: lists in braces, True and False, dates in the zone of this machine. */
import { safeText } from '#base/safe-text.ts'

/** PowerShell's FormatEnumerationLimit. */
const MOST = 4
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

/** Safe for a terminal; nothing is blank. */
export function display(value: unknown): string {
  if (Array.isArray(value)) {
    const shown = value.slice(0, MOST).map(display)
    return `{${[...shown, ...(value.length > MOST ? ['…'] : [])].join(', ')}}`
  }
  if (typeof value === 'object' && value !== null) {
    return `@{${Object.entries(value)
      .map(([name, inner]) => `${safeText(name)}=${display(inner)}`)
      .join('; ')}}`
  }
  return scalar(value)
}

function scalar(value: unknown): string {
  if (typeof value === 'string') return INSTANT.test(value) ? localTime(value) : safeText(value)
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'number' ? String(value) : ''
}

/** `2026-12-01 08:00:00 +01:00`: sorts, is understood everywhere, and can be given to a cmdlet again. */
function localTime(text: string): string {
  const at = new Date(text)
  const two = (value: number) => String(value).padStart(2, '0')
  const ahead = -at.getTimezoneOffset()
  const zone =
    ahead === 0 ? 'Z' : ` ${ahead < 0 ? '-' : '+'}${two(Math.floor(Math.abs(ahead) / 60))}:${two(Math.abs(ahead) % 60)}`
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-')
  return `${date} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')}${zone}`
}
