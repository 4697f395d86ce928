/** `waybill csv check`, wired. */
import { EXIT } from '#contract/migrate.ts'
import { sentence } from '#base/sentence.ts'
import { counted } from '#base/counted.ts'
import { safeText } from '#base/safe-text.ts'
import { checkCsvFile } from '#migration/csv/check-csv-file.ts'

/** Answers the exit code: 2 when there are rows that could not run. */
export async function runCsvCheck(path: string, allowUnknownColumns: boolean): Promise<number> {
  const { users, badRows, warnings, encoding } = await checkCsvFile(path, { allowUnknownColumns })
  for (const warning of warnings) process.stderr.write(`Warning: ${safeText(sentence(warning))}\n`)
  for (const { rowNumber, message } of badRows)
    process.stdout.write(`Row ${rowNumber}: ${safeText(sentence(message))}\n`)
  process.stdout.write(
    `${counted(users.length, 'user')} can be migrated, ${counted(badRows.length, 'row')} cannot (${encoding}).\n`,
  )
  return badRows.length > 0 ? EXIT.someFailed : EXIT.ok
}
