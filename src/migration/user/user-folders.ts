/** GET /users/{identity}/folders. */
import type { Answer, Call } from '#contract/calls.ts'
import type { listUserFolders as Route } from '#contract/routes/users.ts'
import type { UserFolder } from '#contract/user.ts'
import { type UserFolderRow, countUserFolders, listUserFolders as readFolders } from '#store/service/user-folders.ts'
import type { ServiceDeps } from '../batch/deps.ts'
import { badCursor, readCursor, writeCursor } from '../page.ts'
import { userNamed } from './find.ts'

const nameOf = (path: string) => (JSON.parse(path) as string[]).join('/')

export function showFolder(row: UserFolderRow): UserFolder {
  const { source_messages: inSource, synced, skipped, excluded } = row
  return {
    sourceFolder: nameOf(row.source_path),
    targetFolder: nameOf(row.target_path),
    sourceItemCount: inSource,
    syncedItemCount: synced,
    skippedItemCount: skipped,
    excludedItemCount: excluded,
    remainingItemCount: inSource === null ? null : Math.max(0, inSource - synced - skipped - excluded),
    syncedBytes: row.bytes,
  }
}

export async function listUserFolders(
  { store }: ServiceDeps,
  { params, query }: Pick<Call<typeof Route>, 'params' | 'query'>,
): Promise<Answer<typeof Route>> {
  const user = await userNamed(store, params.identity, query.batch)
  const after = readCursor(query.cursor)
  if (after !== null && !/^\d{1,15}$/.test(after[0])) throw badCursor()
  if (user.mailbox_id === null) return { items: [], nextCursor: null, total: 0 }
  const rows = await readFolders(store, user.mailbox_id, after === null ? null : Number(after[0]), query.limit + 1)
  const page = rows.slice(0, query.limit)
  const last = page.at(-1)
  return {
    items: page.map(showFolder),
    nextCursor: rows.length > query.limit && last ? writeCursor([String(last.ref), '']) : null,
    total: await countUserFolders(store, user.mailbox_id),
  }
}
