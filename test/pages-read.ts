/** What a look at the tables costs, by PostgreSQL's own count. */
import assert from 'node:assert/strict'
import type { Store } from '#store/open.ts'

/** Pages of 8 kB that all statements of `look` read, cached or not; what they answer is handed on to it. */
export async function pagesRead(store: Store, look: (counting: Store) => Promise<unknown>): Promise<number> {
  let pages = 0
  const counting = {
    ...store,
    retrying: (deed: () => Promise<unknown>) => deed(),
    pool: {
      async query(text: string, values: unknown[]) {
        const { rows } = await store.pool.query<{ 'QUERY PLAN': { Plan: Record<string, number> }[] }>(
          `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
          values,
        )
        const plan = rows[0]!['QUERY PLAN'][0]!.Plan
        pages += plan['Shared Hit Blocks']! + plan['Shared Read Blocks']!
        return await store.pool.query(text, values)
      },
    },
  } as unknown as Store
  await look(counting)
  assert.ok(pages > 0)
  return pages
}
