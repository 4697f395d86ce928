/** What stays after a run: result.json, skipped.csv, and the errors CSV with the rows that failed and empty passwords. */
import { safeJson } from '#base/safe-json.ts'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { MigrateResult } from '#contract/migrate.ts'
import type { CsvCheck } from '#csv/check-csv.ts'
import { errorsCsv } from '../csv/errors-csv.ts'
import { writeReportFile } from './report-file.ts'

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
  if (path) writeReportFile(path, errorsCsv(csv.columns, rows))
  // That of an earlier run into this folder would be submitted again.
  else rmSync(join(result.reportFolder, 'errors.csv'), { force: true })
  writeReportFile(join(result.reportFolder, 'result.json'), `${safeJson(whole, 2)}\n`)
  return whole
}
