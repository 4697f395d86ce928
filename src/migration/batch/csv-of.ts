/** The uploaded file that a command names, checked anew with the choices of that command. */
import { notFound } from '#base/request-faults.ts'
import { readCsvFile } from '#store/service/csv-files.ts'
import { type CsvCheck, checkCsv } from '#csv/check-csv.ts'
import type { ServiceDeps } from './deps.ts'

/** @throws Fault OBJECT_NOT_FOUND when its hour is over */
export async function csvOf(
  { store, secrets, clock }: ServiceDeps,
  id: string,
  options: {
    readonly allowUnknownColumns: boolean
    readonly targetLogin: string | null
    readonly keepsPasswords?: boolean
  },
): Promise<CsvCheck> {
  const stored = await readCsvFile(store, secrets, id, clock.now())
  if (!stored) throw notFound('uploaded CSV file', id)
  return checkCsv(stored.bytes, {
    ...options,
    allowUnknownColumns: options.allowUnknownColumns || stored.allowUnknownColumns,
  })
}
