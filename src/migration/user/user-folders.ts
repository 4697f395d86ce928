/** GET /users/{identity}/folders. */
import type { Answer, Call } from '#contract/calls.ts'
import type { listUserFolders as Route } from '#contract/routes/users.ts'
import type { UserFolder } from '#contract/user.ts'
import { type UserFolderRow, countUserFolders, listUserFolders as readFolders } from '#store/service/user-folders.ts'
import type { ServiceDeps } from '../batch/deps.ts'
import { cutPage, readNumbers } from '../page.ts'
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
  const after = readNumbers(query.cursor)
  if (user.mailbox_id === null) return { items: [], nextCursor: null, total: 0 }
  const rows = await readFolders(store, user.mailbox_id, after?.[0] ?? null, query.limit + 1)
  const { page, nextCursor } = cutPage(rows, query.limit, ({ ref }) => [ref, 0])
  return {
    items: page.map(showFolder),
    nextCursor,
    total: await countUserFolders(store, user.mailbox_id),
  }
}
