/**
 * Get-MigrationReport and Export-MigrationReport. Every batch has two: its failed rows as an errors CSV, which can be
 * corrected and submitted again, and one line for each user; one that was removed keeps them, and names its waybills.
 */
import { notFound } from '#base/request-faults.ts'
import type { Answer, Call } from '#contract/calls.ts'
import type { MigrationReport } from '#contract/organization.ts'
import type { exportReport as Export, listReports as List } from '#contract/routes/organization.ts'
import { statusesOf, USER_STATUSES } from '#contract/states.ts'
import { type ArchivedBatch, readArchivedBatches } from '#store/service/archive.ts'
import { type BatchRow, findBatch, readBatch, readBatches } from '#store/service/batches.ts'
import { type ReportRow, reportRows } from '#store/service/report-rows.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { type WaybillRow, waybillRows } from '#store/service/waybill-rows.ts'
import { defuse, errorsCsv } from '../csv/errors-csv.ts'
import { writeCsv } from '#csv/write-csv.ts'
import type { ServiceDeps } from '../batch/deps.ts'
import { pageOfRows, sortable, sortOf } from '../page.ts'

const FAILED = statusesOf('Failed')
type Kind = 'errors' | 'users' | 'waybills'

interface Counted {
  readonly id: string
  readonly name: string
  readonly created_at: Date
  readonly archivedAt: Date | null
  readonly users: Readonly<Partial<Record<string, number>>>
  /** Users of the report who are not among the counted ones. */
  readonly more: number
  readonly waybills: number
}

const ofBatch = (batch: BatchRow): Counted => ({
  ...batch,
  archivedAt: null,
  users: batch.totals.users,
  more: 0,
  waybills: 0,
})

const ofArchived = (batch: ArchivedBatch): Counted => ({
  ...batch,
  archivedAt: batch.archived_at,
  more: batch.removed_before,
})

function reportsOf(batch: Counted): MigrationReport[] {
  const count = (statuses: readonly string[]) => statuses.reduce((sum, status) => sum + (batch.users[status] ?? 0), 0)
  const report = (kind: Kind, reportType: MigrationReport['reportType'], rowCount: number): MigrationReport => ({
    identity: `${batch.id}-${kind}`,
    batchId: batch.name,
    reportType,
    rowCount,
    creationTime: batch.created_at.toISOString(),
    archivedTime: batch.archivedAt?.toISOString() ?? null,
  })
  const failed = count(FAILED)
  return [
    report('users', 'BatchReport', count(USER_STATUSES) + batch.more),
    ...(failed > 0 ? [report('errors', 'BatchFailure', failed)] : []),
    ...(batch.archivedAt ? [report('waybills', 'BatchWaybills', batch.waybills)] : []),
  ]
}

/** A name means the batch that is there; only where none is, those that had it. */
async function batchesFor(
  store: ServiceStore,
  { batch, includeArchived }: Call<typeof List>['query'],
): Promise<Counted[]> {
  const id = batch === undefined ? null : await findBatch(store, batch)
  const there = batch !== undefined && id === null ? [] : (await readBatches(store, id)).map(ofBatch)
  const archived =
    includeArchived || there.length === 0 ? (await readArchivedBatches(store, batch ?? null)).map(ofArchived) : []
  const found = batch === undefined && !includeArchived ? there : [...there, ...archived]
  if (batch !== undefined && found.length === 0) throw notFound('migration batch', batch)
  return found
}

const SORTS = {
  batchId: ({ batchId }: MigrationReport) => batchId.toLowerCase(),
  reportType: ({ reportType }: MigrationReport) => reportType,
  rowCount: ({ rowCount }: MigrationReport) => sortable(rowCount),
  creationTime: ({ creationTime }: MigrationReport) => creationTime,
  archivedTime: ({ archivedTime }: MigrationReport) => archivedTime ?? '',
}

export async function listReports(
  { store }: ServiceDeps,
  { query }: Pick<Call<typeof List>, 'query'>,
): Promise<Answer<typeof List>> {
  const search = query.search?.toLowerCase() ?? ''
  const reports = (await batchesFor(store, query))
    .filter(({ name }) => name.toLowerCase().includes(search))
    .flatMap(reportsOf)
  const sort = sortOf(query.sort, Object.keys(SORTS) as (keyof typeof SORTS)[], 'batchId')
  return pageOfRows(reports, SORTS[sort.key], ({ identity }) => identity, sort, query)
}

export async function exportReport(
  { store }: ServiceDeps,
  { params, query }: Pick<Call<typeof Export>, 'params' | 'query'>,
): Promise<Answer<typeof Export>> {
  const match = /^(.+)-(errors|users|waybills)$/.exec(params.identity)
  const batch = match ? ((await readBatch(store, match[1]!)) ?? (await readArchivedBatches(store, match[1]))[0]) : null
  if (!match || !batch) throw notFound('migration report', params.identity)
  const kind = match[2] as Kind
  const [from, most] = [query.startingRowIndex ?? 0, query.rowCount ?? Number.MAX_SAFE_INTEGER]
  const named = (lines: AsyncIterable<string>) => Object.assign(lines, { fileName: `${batch.name}-${kind}.csv` })
  if (kind === 'waybills') return named(waybillLines(waybillRows(store, batch.id), from, most))
  const rows = reportRows(store, batch.id, kind === 'errors' ? FAILED : null, from, most)
  return named(kind === 'errors' ? errorLines(batch.columns, rows) : userLines(rows))
}

/** Written in pieces: a batch may have 50,000 rows. */
const AT_ONCE = 500

async function* inPieces<Row>(rows: AsyncIterable<Row>): AsyncGenerator<Row[]> {
  let piece: Row[] = []
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

const WAYBILL_COLUMNS = ['EmailAddress', 'Number', 'SealedTime', 'Host', 'File', 'SHA256', 'SealedBy']

async function* waybillLines(rows: AsyncIterable<WaybillRow>, from: number, most: number): AsyncGenerator<string> {
  yield `\uFEFF${writeCsv([WAYBILL_COLUMNS])}`
  let at = 0
  for await (const piece of inPieces(rows)) {
    const wanted = piece.slice(Math.max(0, from - at), Math.max(0, from + most - at))
    at += piece.length
    yield writeCsv(
      wanted.map((row) => [
        defuse(row.address),
        String(row.number),
        row.sealed_at.toISOString(),
        defuse(row.host ?? ''),
        row.path ?? row.name,
        row.sha256.toString('hex'),
        row.sealed_by ?? '',
      ]),
    )
    if (at >= from + most) return
  }
}
