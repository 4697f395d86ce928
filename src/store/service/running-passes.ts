/** Passes between their beginning and their end, all of a process in one statement. */
import type { ServiceStore } from './service-store.ts'

/** What a running pass must know, by user: to end, or to begin anew. Users that are as they were are absent. */
export async function passesToEnd(store: ServiceStore, tokens: readonly string[]): Promise<Set<string>> {
  if (tokens.length === 0) return new Set()
  const { rows } = await store.pool.query<{ token: string }>(
    `SELECT t.token FROM unnest($1::uuid[]) AS t(token) LEFT JOIN migration_user u ON u.pass_token = t.token
     WHERE u.id IS NULL OR u.restart OR u.status IN ('Stopping', 'Removing')`,
    [tokens],
  )
  return new Set(rows.map(({ token }) => token))
}

/** How far a running pass is: what lists show between its beginning and its end. */
export interface PassProgress {
  readonly token: string
  readonly sourceItems: number | null
  readonly syncedItems: number
  readonly passItems: number
  readonly passBytes: number
}

/** One statement for all passes of a process. */
export async function recordProgress(store: ServiceStore, progress: readonly PassProgress[]): Promise<void> {
  if (progress.length === 0) return
  await store.pool.query(
    `UPDATE migration_user u SET source_items = coalesce(p.source, u.source_items), synced_items = p.synced
     FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS p(token, source, synced)
     WHERE u.pass_token = p.token`,
    [
      progress.map(({ token }) => token),
      progress.map(({ sourceItems }) => sourceItems),
      progress.map(({ syncedItems }) => syncedItems),
    ],
  )
  await store.pool.query(
    `UPDATE migration_pass m SET items = p.items, bytes = p.bytes
     FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS p(token, items, bytes), migration_user u
     WHERE u.pass_token = p.token AND m.user_id = u.id AND m.result = 'Running'`,
    [
      progress.map(({ token }) => token),
      progress.map(({ passItems }) => passItems),
      progress.map(({ passBytes }) => passBytes),
    ],
  )
}
