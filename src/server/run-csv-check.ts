/** `waybill csv check`, wired. */
import { EXIT } from '#contract/migrate.ts'
import { safeText } from '#cli/safe-text.ts'
import { checkCsv } from '#migration/csv/check-csv.ts'
import { readCsvFile } from '#migration/csv/read-file.ts'

/** Answers the exit code: 2 when there are rows that could not run. */
export async function runCsvCheck(path: string, allowUnknownColumns: boolean): Promise<number> {
  const { users, badRows, warnings, encoding } = checkCsv(await readCsvFile(path), { allowUnknownColumns })
  for (const warning of warnings) process.stderr.write(`Warning: ${safeText(warning)}\n`)
  for (const { rowNumber, message } of badRows) process.stdout.write(`Row ${rowNumber}: ${safeText(message)}\n`)
  process.stdout.write(`${users.length} users can be migrated, ${badRows.length} rows cannot (${encoding}).\n`)
  return badRows.length > 0 ? EXIT.someFailed : EXIT.ok
}
