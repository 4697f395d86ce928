import { Fault } from '#base/fault.ts'
import { safeText } from '#base/safe-text.ts'
import { sentence } from '#base/sentence.ts'

/** The refusal of a file, in the same words as the service's answer. */
export interface CsvRefusal {
  readonly code: string
  readonly message: string
  readonly remedy: string
}

/** @throws what is no refusal of a file */
export function csvRefusalOf(thrown: unknown): CsvRefusal {
  if (!(thrown instanceof Fault) || !thrown.code.startsWith('CSV_')) throw thrown
  return {
    code: thrown.code,
    message: safeText(sentence(thrown.message)),
    remedy: safeText(sentence(thrown.remedy ?? '')),
  }
}
