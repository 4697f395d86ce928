/** What stays after a run: result.json, and the errors CSV with the rows that failed and empty passwords. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#base/fault.ts'
import type { MigrateResult } from '#contract/migrate.ts'
import type { CsvCheck } from '../csv/check-csv.ts'
import { errorsCsv } from '../csv/errors-csv.ts'

/** Answers the result with the errors CSV's path. */
export function writeReports(result: MigrateResult, csv: CsvCheck): MigrateResult {
  const failed = new Map(result.users.flatMap(({ rowNumber, error }) => (error ? [[rowNumber, error] as const] : [])))
  const rows = [
    ...csv.badRows,
    ...csv.users.flatMap(({ rowNumber, cells }) => {
      const error = failed.get(rowNumber)
      return error ? [{ rowNumber, cells, message: [error.message, error.remedy ?? ''].join(' ').trim() }] : []
    }),
  ].sort((a, b) => a.rowNumber - b.rowNumber)
  const path = rows.length > 0 ? join(result.reportFolder, 'errors.csv') : null
  const whole = { ...result, errorsCsv: path }
  if (path) write(path, errorsCsv(csv.columns, rows))
  write(join(result.reportFolder, 'result.json'), `${JSON.stringify(whole, null, 2)}\n`)
  return whole
}

function write(path: string, text: string): void {
  try {
    const file = openSync(path, 'w', 0o600)
    try {
      writeSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  } catch (thrown) {
    throw new Fault({
      code: 'REPORT_NOT_WRITTEN',
      scope: 'instance',
      transient: false,
      message: `The report ${path} could not be written: ${(thrown as NodeJS.ErrnoException).code ?? String(thrown)}.`,
      remedy: 'The mail that was carried is safe and known. Make room, then run the same command again.',
      cause: thrown,
    })
  }
}
