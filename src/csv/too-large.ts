import { type CsvLimits, batchLimits, inMb } from './limits.ts'
import { refuse } from './refuse.ts'

/** The refusal for a file or an upload over the limit. */
export function tooLarge(name: string, limits: CsvLimits) {
  const remedy = limits === batchLimits ? 'Split it into several files.' : 'Cut it into smaller files by hand.'
  return refuse('CSV_TOO_LARGE', `${name} is larger than ${inMb(limits.bytes)}`, remedy)
}
