import { type CsvLimits, batchLimits, inMb } from './limits.ts'
import { refuse } from './refuse.ts'

/** The refusal for a file or an upload over the limit. */
export function tooLarge(name: string, limits: CsvLimits) {
  const remedy =
    limits === batchLimits ? 'Split it with: waybill csv split FILE --rows 10000' : 'Cut it into smaller files by hand.'
  return refuse('CSV_TOO_LARGE', `${name} is larger than ${inMb(limits.bytes)}`, remedy)
}
