/**
 * ContentFilter: OPATH on Received (exchange-semantics.md §2.5): `Received -ge '2020-01-01' -and Received -lt '2024-01-01'`.
 */
import { badValue } from '#base/request-faults.ts'

/** Messages with an INTERNALDATE from `fromS` on and before `beforeS`, seconds since 1970. */
export interface ReceivedFilter {
  readonly fromS: number
  readonly beforeS: number
}

const TERM = /^\(*\s*Received\s+-(gt|ge|lt|le)\s+(?:'([^']*)'|"([^"]*)")\s*\)*$/i
const REMEDY = "Write it as: Received -ge '2020-01-01' -and Received -lt '2024-01-01'."

/** Null for an empty filter. Dates without a zone are UTC. @throws Fault VALUE_INVALID */
export function parseReceivedFilter(text: string): ReceivedFilter | null {
  if (text.trim() === '') return null
  let fromS = Number.NEGATIVE_INFINITY
  let beforeS = Number.POSITIVE_INFINITY
  for (const part of text.split(/\s+-and\s+/i)) {
    const match = TERM.exec(part.trim())
    if (!match) throw badValue('contentFilter', 'may compare only Received, by -gt, -ge, -lt, -le and -and', REMEDY)
    const atS = secondsOf(match[2] ?? match[3] ?? '')
    // Dates of mail have whole seconds, so "after" is "from the next one on".
    switch (match[1]!.toLowerCase()) {
      case 'ge':
        fromS = Math.max(fromS, atS)
        break
      case 'gt':
        fromS = Math.max(fromS, atS + 1)
        break
      case 'lt':
        beforeS = Math.min(beforeS, atS)
        break
      default:
        beforeS = Math.min(beforeS, atS + 1)
    }
  }
  if (fromS >= beforeS) throw badValue('contentFilter', 'lets no message through', REMEDY)
  return { fromS, beforeS }
}

function secondsOf(text: string): number {
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text.trim())
  const iso = american
    ? `${american[3]}-${american[1]!.padStart(2, '0')}-${american[2]!.padStart(2, '0')}`
    : text.trim().replace(' ', 'T')
  const zoned = /^\d{4}-\d{2}-\d{2}$/.test(iso)
    ? `${iso}T00:00:00Z`
    : /(?:Z|[+-]\d{2}:?\d{2})$/i.test(iso)
      ? iso
      : `${iso}Z`
  const ms = /^\d{4}-\d{2}-\d{2}T/.test(zoned) ? Date.parse(zoned) : Number.NaN
  if (Number.isNaN(ms)) throw badValue('contentFilter', `holds "${text}", which is not a date`, REMEDY)
  return Math.floor(ms / 1000)
}
