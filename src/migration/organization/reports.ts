/**
 * Get-MigrationReport and Export-MigrationReport. Every batch has two: its failed rows as an errors CSV, which can be
 * corrected and submitted again, and one line for each user.
 */
import { notFound } from '#base/request-faults.ts'
import type { Answer, Call } from '#contract/calls.ts'
import type { MigrationReport } from '#contract/organization.ts'
import type { exportReport as Export, listReports as List } from '#contract/routes/organization.ts'
import { SUMMARY_OF, USER_STATUSES } from '#contract/states.ts'
import { type BatchRow, findBatch, readBatch, readBatches } from '#store/service/batches.ts'
import { type ReportRow, reportRows } from '#store/service/report-rows.ts'
import { defuse, errorsCsv } from '../csv/errors-csv.ts'
import { writeCsv } from '../csv/write-csv.ts'
import type { ServiceDeps } from '../batch/deps.ts'
import { pageOfRows } from '../page.ts'

const FAILED = USER_STATUSES.filter((status) => SUMMARY_OF[status] === 'Failed')
type Kind = 'errors' | 'users'

function reportsOf(batch: BatchRow): MigrationReport[] {
  const count = (statuses: readonly (typeof USER_STATUSES)[number][]) =>
    statuses.reduce((sum, status) => sum + (batch.totals.users[status] ?? 0), 0)
  const common = { batchId: batch.name, creationTime: batch.created_at.toISOString() }
  const failed = count(FAILED)
  return [
    { ...common, identity: `${batch.id}-users`, reportType: 'BatchReport', rowCount: count(USER_STATUSES) },
    ...(failed > 0
      ? [{ ...common, identity: `${batch.id}-errors`, reportType: 'BatchFailure' as const, rowCount: failed }]
      : []),
  ]
}

export async function listReports(
  { store }: ServiceDeps,
  { query }: Pick<Call<typeof List>, 'query'>,
): Promise<Answer<typeof List>> {
  const id = query.batch === undefined ? null : await findBatch(store, query.batch)
  if (query.batch !== undefined && id === null) throw notFound('migration batch', query.batch)
  const reports = (await readBatches(store, id)).flatMap(reportsOf)
  const sort = { key: 'batchId', isDescending: false }
  return pageOfRows(
    reports,
    ({ batchId }) => batchId.toLowerCase(),
    ({ identity }) => identity,
    sort,
    query,
  )
}

export async function exportReport(
  { store }: ServiceDeps,
  { params, query }: Pick<Call<typeof Export>, 'params' | 'query'>,
): Promise<Answer<typeof Export>> {
  const match = /^(.+)-(errors|users)$/.exec(params.identity)
  const batch = match ? await readBatch(store, match[1]!) : null
  if (!match || !batch) throw notFound('migration report', params.identity)
  const kind = match[2] as Kind
  const rows = reportRows(
    store,
    batch.id,
    kind === 'errors' ? FAILED : null,
    query.startingRowIndex ?? 0,
    query.rowCount ?? Number.MAX_SAFE_INTEGER,
  )
  return kind === 'errors' ? errorLines(batch.columns, rows) : userLines(rows)
}

/** Written in pieces: a batch may have 50,000 rows. */
const AT_ONCE = 500

async function* inPieces(rows: AsyncIterable<ReportRow>): AsyncGenerator<ReportRow[]> {
  let piece: ReportRow[] = []
  for await (const row of rows) {
    piece.push(row)
    if (piece.length < AT_ONCE) continue
    yield piece
    piece = []
  }
  if (piece.length > 0) yield piece
}

async function* errorLines(columns: readonly string[], rows: AsyncIterable<ReportRow>): AsyncGenerator<string> {
  const header = errorsCsv(columns, [])
  yield header
  for await (const piece of inPieces(rows)) {
    const whole = errorsCsv(
      columns,
      piece.map((row) => ({
        cells: row.cells,
        message: [row.error_message ?? '', row.error_remedy ?? ''].join(' ').trim(),
      })),
    )
    yield whole.slice(header.length)
  }
}

const COLUMNS = [
  'EmailAddress',
  'UserName',
  'Status',
  'ItemsInSource',
  'ItemsSynced',
  'ItemsSkipped',
  'BytesTransferred',
  'LastSuccessfulSyncTime',
  'ErrorCode',
  'Error',
]

async function* userLines(rows: AsyncIterable<ReportRow>): AsyncGenerator<string> {
  yield `\uFEFF${writeCsv([COLUMNS])}`
  for await (const piece of inPieces(rows)) {
    yield writeCsv(
      piece.map((row) => [
        defuse(row.address),
        defuse(row.user_name),
        row.status,
        row.source_items === null ? '' : String(row.source_items),
        String(row.synced_items),
        String(row.skipped_items),
        String(row.transferred_bytes),
        row.last_synced_at?.toISOString() ?? '',
        row.error_code ?? '',
        defuse(row.error_message ?? ''),
      ]),
    )
  }
}
