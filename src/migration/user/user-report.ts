/**
 * GET /users/{identity}/report: all that is known of one user, as a text that is read without Waybill. What servers and
 * mails say stands in it in their own words, and cannot steer a terminal; no secret is known to what it is made of.
 */
import { safeText } from '#base/safe-text.ts'
import { version } from '#base/version.ts'
import type { Call, TextFile } from '#contract/calls.ts'
import type { exportUserReport as Route } from '#contract/routes/users.ts'
import type { MigrationUserStatistics, UserPass } from '#contract/user.ts'
import { listSkipped, type SkippedItemRow } from '#store/service/skipped-items.ts'
import { listUserFolders, type UserFolderRow } from '#store/service/user-folders.ts'
import { listUserWaybills, type UserWaybillRow } from '#store/service/user-waybills.ts'
import { safeAddress } from '../waybill/file-name.ts'
import { userNamed } from './find.ts'
import { showStatistics } from './show-user.ts'
import { passesOf, showSkipped } from './statistics.ts'
import { showFolder } from './user-folders.ts'
import { type WaybillDeps, showWaybill } from './user-waybills.ts'

/** Read at once. */
const PAGE = 500

type Fact = readonly [string, string | number | null]

export async function exportUserReport(
  deps: WaybillDeps,
  { params, query }: Pick<Call<typeof Route>, 'params' | 'query'>,
): Promise<TextFile> {
  const user = await userNamed(deps.store, params.identity, query.batch)
  const statistics = showStatistics(user, deps.clock.now())
  const passes = await passesOf(deps.store, user.id)
  return {
    fileName: `${safeAddress(user.address)}.report.txt`,
    text: lines(deps, statistics, passes, user.mailbox_id),
  }
}

async function* lines(
  deps: WaybillDeps,
  user: MigrationUserStatistics,
  passes: readonly UserPass[],
  mailboxId: string | null,
): AsyncGenerator<string> {
  const at = new Date(deps.clock.now()).toISOString()
  yield facts([
    ['Migration user', user.identity],
    ['Written', `${at} by Waybill ${version}; all times are UTC`],
  ])
  yield heading('Now')
  yield facts(factsOf(user))
  yield heading('Passes, newest first')
  for (const pass of passes) yield facts(passFacts(pass))
  if (passes.length === 0) yield NONE
  if (mailboxId === null) return
  yield heading('Skipped items')
  yield* allOf(skippedLines(deps, mailboxId))
  yield heading('Folders')
  yield* allOf(folderLines(deps, mailboxId))
  yield heading('Waybills, newest first (checked by: waybill verify FILE)')
  yield* allOf(waybillLines(deps, mailboxId))
}

const NONE = 'none\n'
const heading = (text: string) => `\n${text}\n${'-'.repeat(text.length)}\n`

async function* allOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let isEmpty = true
  for await (const piece of pieces) {
    isEmpty = false
    yield piece
  }
  if (isEmpty) yield NONE
}

/** A line of its own for each; what is not known is left out. */
function facts(rows: readonly Fact[]): string {
  const known = rows.filter(([, value]) => value !== null && value !== '')
  const width = Math.max(...known.map(([name]) => name.length)) + 2
  return `${known.map(([name, value]) => `${name.padEnd(width)}${safeText(String(value))}`).join('\n')}\n`
}

const factsOf = (user: MigrationUserStatistics): Fact[] => [
  ['Status', user.status],
  ['Error', user.error],
  ['Kind of error', user.errorType],
  ['What to do', user.errorRemedy],
  ['Batch', user.batchId],
  ['Row', user.rowNumber],
  ['Source user', user.remoteIdentifier],
  ['Target mailbox', user.mailboxIdentifier],
  ['Target database', user.targetDatabase],
  ['Items in source', user.estimatedTotalTransferCount],
  ['Items synced', user.syncedItemCount],
  ['Items skipped', user.skippedItemCount],
  ['Folders synced', user.syncedFolderCount],
  ['Bytes migrated', user.bytesTransferred],
  ['Bytes per minute', user.bytesTransferredPerMinute],
  ['Created', user.creationDateTime],
  ['Starts after', user.startAfter],
  ['Last sync', user.lastSuccessfulSyncTime],
  ['Last pass', user.lastSubscriptionCheckTime],
  ['Next sync', user.nextSyncTime],
  ['Queued', user.queuedDuration],
  ['In progress', user.inProgressDuration],
  ['Synced', user.syncedDuration],
  ['Stalled', user.stalledDuration],
]

const passFacts = (pass: UserPass): Fact[] => [
  [`${pass.kind} ${pass.result}`, `${pass.startedAt} to ${pass.endedAt ?? 'now'}`],
  ['  Worker', pass.worker],
  ['  Carried', `${pass.itemsTransferred} items, ${pass.bytesTransferred} bytes`],
  ['  Message', pass.message],
  ...pass.notes.map((note): Fact => ['  Note', note]),
  ['  Waybill', pass.waybill],
]

/** Page by page: `read` answers the rows after one of them. */
async function* rowsOf<Row>(read: (after: Row | null) => Promise<readonly Row[]>): AsyncGenerator<Row> {
  let after: Row | null = null
  for (;;) {
    const rows: readonly Row[] = await read(after)
    yield* rows
    after = rows.at(-1) ?? null
    if (after === null || rows.length < PAGE) return
  }
}

async function* skippedLines({ store }: WaybillDeps, mailboxId: string): AsyncGenerator<string> {
  const rows = rowsOf((after: SkippedItemRow | null) =>
    listSkipped(store, mailboxId, after && { folderRef: after.folder_ref, uid: after.uid }, PAGE),
  )
  for await (const row of rows) {
    const item = showSkipped(row)
    yield facts([
      [item.kind, item.dateReceived ?? 'without a date'],
      ['  Folder', item.folderName],
      ['  Subject', item.subject],
      ['  UID', row.uid],
      ['  Bytes', item.messageSize],
      ['  Reason', item.failure],
    ])
  }
}

async function* folderLines({ store }: WaybillDeps, mailboxId: string): AsyncGenerator<string> {
  const rows = rowsOf((after: UserFolderRow | null) => listUserFolders(store, mailboxId, after?.ref ?? null, PAGE))
  for await (const row of rows) {
    const folder = showFolder(row)
    yield facts([
      ['Source', folder.sourceFolder],
      ['  Target', folder.targetFolder],
      ['  Items', itemsOf(folder)],
    ])
  }
}

function itemsOf(folder: ReturnType<typeof showFolder>): string {
  const { sourceItemCount: inSource, remainingItemCount: left } = folder
  return [
    inSource === null ? 'not counted in the source yet' : `${inSource} in the source`,
    `${folder.syncedItemCount} synced (${folder.syncedBytes} bytes)`,
    `${folder.skippedItemCount} skipped`,
    `${folder.excludedItemCount} left out by choice`,
    ...(left === null ? [] : [`${left} to go`]),
  ].join(', ')
}

async function* waybillLines({ store, reports }: WaybillDeps, mailboxId: string): AsyncGenerator<string> {
  const rows = rowsOf((before: UserWaybillRow | null) =>
    listUserWaybills(store, mailboxId, before?.number ?? null, PAGE),
  )
  for await (const row of rows) {
    const waybill = await showWaybill(reports, row)
    yield facts([
      [waybill.fileName, waybill.sealedAt],
      ['  Machine', waybill.host],
      ['  File', waybill.path],
      ['  SHA-256', waybill.sha256],
      ['  Sealed by', waybill.sealedBy],
    ])
  }
}
