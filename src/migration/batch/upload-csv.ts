/** POST /csv-files: a file is read within its limit, checked, and kept sealed for an hour. */
import type { Answer, Call } from '#contract/calls.ts'
import type { uploadCsv as Route } from '#contract/routes/batches.ts'
import { keepCsvFile } from '#store/service/csv-files.ts'
import { checkCsv } from '#csv/check-csv.ts'
import { batchLimits } from '#csv/limits.ts'
import { tooLarge } from '#csv/too-large.ts'
import type { ServiceDeps } from './deps.ts'

/** Shown of the rows that cannot run: a person corrects a few and looks again. */
const MOST_ROWS = 1000

export async function uploadCsv(
  { store, secrets, clock }: ServiceDeps,
  { body, query, newId }: Pick<Call<typeof Route>, 'body' | 'query' | 'newId'>,
): Promise<Answer<typeof Route>> {
  const bytes = await readAll(body)
  const allowUnknownColumns = query.allowUnknownColumns ?? false
  // An empty password is told as a bad row when a batch is made of the file, and means "as before" when one is changed.
  const check = checkCsv(bytes, { allowUnknownColumns, keepsPasswords: true })
  const { id, expiresAt } = await keepCsvFile(store, secrets, { bytes, allowUnknownColumns }, clock.now(), newId)
  return {
    csvFile: id,
    columns: [...check.columns],
    encoding: check.encoding,
    users: check.users.length,
    badRows: check.badRows
      .slice(0, MOST_ROWS)
      .map(({ rowNumber, columns, message }) => ({ rowNumber, column: columns[0] ?? null, message })),
    warnings: [...check.warnings],
    expiresAt: expiresAt.toISOString(),
  }
}

/** The limit counts while reading, whatever length was announced. */
async function readAll(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let total = 0
  for await (const chunk of body) {
    total += chunk.length
    if (total > batchLimits.bytes) throw tooLarge('The file', batchLimits)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, total)
}
