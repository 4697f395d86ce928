/** Get-MigrationUserStatistics, and the messages that could not be carried. */
import type { Answer, Call } from '#contract/calls.ts'
import type { getUserStatistics as Route, listSkippedItems as Skipped } from '#contract/routes/users.ts'
import type { SkippedItem, UserPass } from '#contract/user.ts'
import { type SkippedItemRow, countSkipped, listSkipped } from '#store/service/skipped-items.ts'
import { readPasses } from '#store/service/users.ts'
import type { ServiceDeps } from '../batch/deps.ts'
import { cutPage, readNumbers } from '../page.ts'
import { userNamed } from './find.ts'
import { showStatistics } from './show-user.ts'

const MOST_PASSES = 100
const MOST_SKIPPED = 1000

export async function getUserStatistics(
  { store, clock }: ServiceDeps,
  { params, query }: Pick<Call<typeof Route>, 'params' | 'query'>,
): Promise<Answer<typeof Route>> {
  const user = await userNamed(store, params.identity, query.batch)
  const statistics = showStatistics(user, clock.now())
  const skipped =
    query.includeSkippedItems && user.mailbox_id !== null
      ? await listSkipped(store, user.mailbox_id, null, query.limitSkippedItemsTo ?? MOST_SKIPPED)
      : []
  return {
    ...statistics,
    ...(query.includeSkippedItems ? { skippedItems: skipped.map(showSkipped) } : {}),
    ...(query.includeReport ? { report: await passesOf(store, user.id) } : {}),
  }
}

export async function passesOf(store: ServiceDeps['store'], userId: string): Promise<UserPass[]> {
  return (await readPasses(store, userId, MOST_PASSES)).map((pass) => ({
    kind: pass.kind,
    startedAt: pass.started_at.toISOString(),
    endedAt: pass.ended_at?.toISOString() ?? null,
    worker: pass.worker,
    result: pass.result,
    itemsTransferred: pass.items,
    bytesTransferred: pass.bytes,
    message: pass.message,
    notes: pass.notes,
    waybill: pass.waybill,
  }))
}

/** Exchange's families of skipped items (exchange-semantics.md §1.4). */
const KINDS: Readonly<Record<string, SkippedItem['kind']>> = {
  large: 'LargeItem',
  missing: 'MissingItem',
}

export function showSkipped(row: SkippedItemRow): SkippedItem {
  const at = row.date_s === null ? null : new Date(row.date_s * 1000)
  return {
    id: `${row.folder_ref}-${row.uid}`,
    kind: KINDS[row.kind] ?? 'BadItem',
    folderName: (JSON.parse(row.source_path) as string[]).join('/'),
    subject: row.subject,
    dateReceived: at === null || Number.isNaN(at.getTime()) ? null : at.toISOString(),
    messageSize: row.bytes,
    failure: row.reason,
  }
}

export async function listSkippedItems(
  { store }: ServiceDeps,
  { params, query }: Pick<Call<typeof Skipped>, 'params' | 'query'>,
): Promise<Answer<typeof Skipped>> {
  const user = await userNamed(store, params.identity, query.batch)
  if (user.mailbox_id === null) return { items: [], nextCursor: null, total: 0 }
  const after = readNumbers(query.cursor)
  const place = after === null ? null : { folderRef: after[0], uid: after[1] }
  const rows = await listSkipped(store, user.mailbox_id, place, query.limit + 1)
  const { page, nextCursor } = cutPage(rows, query.limit, (row) => [row.folder_ref, row.uid])
  return {
    items: page.map(showSkipped),
    nextCursor,
    total: await countSkipped(store, user.mailbox_id),
  }
}
