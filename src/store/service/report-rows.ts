/** Users of a batch, there or archived, for its reports, page by page in the order of the file. */
import type { UserStatus } from '#contract/states.ts'
import type { ServiceStore } from './service-store.ts'

export interface ReportRow {
  readonly row_number: number
  readonly id: string
  readonly address: string
  readonly user_name: string
  readonly status: UserStatus
  readonly cells: readonly string[]
  readonly source_items: number | null
  readonly synced_items: number
  readonly skipped_items: number
  readonly transferred_bytes: number
  readonly last_synced_at: Date | null
  readonly error_code: string | null
  readonly error_message: string | null
  readonly error_remedy: string | null
}

const PAGE = 1000
const COLUMNS = `row_number, id, address, user_name, status, source_items, synced_items, skipped_items, transferred_bytes,
  last_synced_at, error_code, error_message, error_remedy`
/** In the order of the file, after a row. */
const AFTER = `($3::int IS NULL OR (row_number, id) > ($3, $4::uuid))
  ORDER BY row_number, id LIMIT $5`
/** Of those of `$2`, without users that somebody took out. */
const SUBMITTED_AGAIN = '(status = ANY($2) AND NOT removed_alone)'

/** @param statuses null: all users; else those that may be submitted again, so none that somebody took out */
export async function* reportRows(
  store: ServiceStore,
  batchId: string,
  statuses: readonly UserStatus[] | null,
  skip: number,
  most: number,
): AsyncGenerator<ReportRow> {
  let after: { row: number; id: string } | null = null
  let left = most
  for (let first = true; left > 0; first = false) {
    const page: ReportRow[] = (
      await store.retrying(() =>
        store.pool.query<ReportRow>(
          `SELECT ${COLUMNS}, cells
           FROM report_user WHERE batch_id = $1 AND ($2::text[] IS NULL OR ${SUBMITTED_AGAIN}) AND ${AFTER} OFFSET $6`,
          [batchId, statuses, after?.row ?? null, after?.id ?? null, Math.min(PAGE, left), first ? skip : 0],
        ),
      )
    ).rows
    yield* page
    left -= page.length
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = { row: last.row_number, id: last.id }
  }
}

export type ReportSelection = 'All' | 'Failed' | 'Skipped'

export interface ShownRow extends Omit<ReportRow, 'cells'> {
  readonly removed_alone: boolean
}

interface Place {
  readonly row: number
  readonly id: string
}

/** One page of them for reading, and how many there are. */
export async function reportPage(
  store: ServiceStore,
  batchId: string,
  failed: readonly UserStatus[],
  selection: ReportSelection,
  after: Place | null,
  most: number,
): Promise<{ readonly rows: readonly ShownRow[]; readonly total: number }> {
  const selected = {
    All: '$2::text[] IS NOT NULL',
    Failed: SUBMITTED_AGAIN,
    Skipped: '$2::text[] IS NOT NULL AND skipped_items > 0',
  }[selection]
  const [{ rows }, counted] = await store.retrying(() =>
    Promise.all([
      store.pool.query<ShownRow>(
        `SELECT ${COLUMNS}, removed_alone FROM report_user WHERE batch_id = $1 AND ${selected} AND ${AFTER}`,
        [batchId, failed, after?.row ?? null, after?.id ?? null, most],
      ),
      store.pool.query<{ n: string }>(`SELECT count(*) AS n FROM report_user WHERE batch_id = $1 AND ${selected}`, [
        batchId,
        failed,
      ]),
    ]),
  )
  return { rows, total: Number(counted.rows[0]!.n) }
}
