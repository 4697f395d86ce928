import { basename } from 'node:path'
import { Fault } from '#base/fault.ts'
import { checkCsv } from '#csv/check-csv.ts'
import type { CsvCheck, CsvOptions } from '#csv/check-csv.ts'
import { readCsvFile } from './read-file.ts'

/** The file at `path`, read and checked; what refuses it names it. */
export async function checkCsvFile(path: string, options: CsvOptions): Promise<CsvCheck> {
  const bytes = await readCsvFile(path)
  return namingFile(path, () => checkCsv(bytes, options))
}

/** A check sees bytes, not a file: who has several is told which one was refused. */
export function namingFile<T>(path: string, check: () => T): T {
  try {
    return check()
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.scope !== 'request' || thrown.code === 'CSV_SPLIT_SIZE') throw thrown
    const { code, scope, transient, message, remedy, facts, cause } = thrown
    const init = { code, scope, transient, message: `${basename(path)}: ${message}`, facts, cause }
    throw new Fault(remedy === null ? init : { ...init, remedy })
  }
}
