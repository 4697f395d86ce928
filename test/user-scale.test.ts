/** Pages of the admin center cost the same however many users there are: counted in pages of the database that are read. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { silentLog } from '#base/log.ts'
import { inTransaction } from '#store/ledger/transaction.ts'
import { type Store, openStore } from '#store/open.ts'
import { readBatches } from '#store/service/batches.ts'
import { batchesByDatabase } from '#store/service/databases.ts'
import { foldTotals } from '#store/service/fold-totals.ts'
import { type UserFilter, type UserPlace, type UserSort, USER_SORTS, listUsers } from '#store/service/users.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'
import { pagesRead } from './pages-read.ts'
import { seedBatches } from './service/many-users.ts'
import { wrongTotals } from './service/user-totals.ts'
import { Random } from './worlds/random.ts'

const USERS = 10_000
const SMALL = 20

describe(`a batch of ${USERS} users, and ${SMALL} others`, () => {
  const folder = temporaryFolder('user-scale')
  let store: Store
  let big = ''
  /** Of 8 kB each. */
  let tablePages = 0
  let everybody: UserFilter

  before(async () => {
    store = await openStore({ dataFolder: join(folder, 'data'), log: silentLog })
    await seedBatches(store.pool, [
      { name: 'Big', users: USERS, state: 'Mixed' },
      ...Array.from({ length: SMALL }, (_, at) => ({
        name: `Wave ${at}`,
        users: 100,
        state: (['Created', 'Synced', 'Mixed'] as const)[at % 3]!,
      })),
    ])
    const { rows } = await store.pool.query<{ id: string; pages: number }>(
      `SELECT id, (pg_relation_size('migration_user') / 8192)::int AS pages FROM migration_batch WHERE name = 'Big'`,
    )
    big = rows[0]!.id
    tablePages = rows[0]!.pages
    everybody = { batchId: big, status: null, summary: null, address: null, search: null, errorCodes: null }
  })
  after(async () => {
    await store?.[Symbol.asyncDispose]()
    removeFolder(folder)
  })

  test('the list of batches reads no user but the latest ones of each', async () => {
    assert.ok(tablePages > 800, String(tablePages))
    const pages = await pagesRead(store, (counting) => readBatches(counting))
    assert.ok(pages < 40 + SMALL * 15, `${pages} of ${tablePages}`)
  })

  test('the pane of the batch reads no more than that of a small one', async () => {
    const { rows } = await store.pool.query<{ id: string }>(`SELECT id FROM migration_batch WHERE name = 'Wave 1'`)
    const ofSmall = await pagesRead(store, (counting) => readBatches(counting, rows[0]!.id))
    const ofBig = await pagesRead(store, (counting) => readBatches(counting, big))
    assert.ok(ofBig <= ofSmall + 20, `${ofBig}, ${ofSmall}`)
  })

  test('which batches use a database is looked up, not gathered from all users', async () => {
    const pages = await pagesRead(store, (counting) => batchesByDatabase(counting))
    assert.ok(pages < 40 + SMALL * 10, `${pages} of ${tablePages}`)
    const used = [...(await batchesByDatabase(store)).values()]
    assert.deepEqual(
      used.map((batches) => batches.length),
      [SMALL + 1],
    )
  })

  const list = (sort: UserSort, isDescending: boolean, at: UserPlace | null, filter: Partial<UserFilter> = {}) => {
    return (where: Store) => listUsers(where, { ...everybody, ...filter }, sort, isDescending, at, 50)
  }

  for (const sort of ['identity', 'lastSuccessfulSyncTime'] as const) {
    test(`users by ${sort}: the first page, one in the middle and the last one read few pages`, async () => {
      for (const isDescending of [false, true]) {
        let place: UserPlace | null = null
        for (let from = 0; from < USERS; from += 1000) {
          if (from % 3000 === 0) {
            const pages = await pagesRead(store, list(sort, isDescending, place))
            assert.ok(pages < 500, `${pages} of ${tablePages} at ${from}`)
          }
          place = (await listUsers(store, everybody, sort, isDescending, place, 1000)).next
        }
        assert.equal(place, null)
      }
    })
  }

  test('users of all batches by address: the first page and one in the middle read few pages, and none is left out', async () => {
    const all = { ...everybody, batchId: null }
    const { rows } = await store.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM migration_user')
    const seen = new Set<string>()
    for (let place: UserPlace | null = null; ;) {
      const at: UserPlace | null = place
      if (seen.size % 5000 === 0) {
        const pages = await pagesRead(store, (counting) => listUsers(counting, all, 'identity', false, at, 50))
        assert.ok(pages < 500, `${pages} of ${tablePages} at ${seen.size}`)
      }
      const page = await listUsers(store, all, 'identity', false, at, 1000)
      for (const { id } of page.rows) seen.add(id)
      place = page.next
      if (place === null) break
    }
    assert.equal(seen.size, rows[0]!.n)
  })

  test('sorted by what has no index, each user is looked at once, and only those of the page are read whole', async () => {
    const pages = await pagesRead(store, list('syncedItemCount', true, null))
    assert.ok(pages < tablePages * 1.2 + 600, `${pages} of ${tablePages}`)
  })

  test('page by page, each sorting shows every user once and in order', async () => {
    const filter = { ...everybody, summary: 'Failed' as const }
    for (const sort of USER_SORTS) {
      for (const isDescending of [false, true]) {
        const seen: string[] = []
        const values: string[] = []
        for (let place: UserPlace | null = null; ;) {
          const page = await listUsers(store, filter, sort, isDescending, place, 300)
          seen.push(...page.rows.map(({ id }) => id))
          if (page.next) values.push(page.next.value)
          assert.equal(page.total, (USERS * 7) / 100)
          place = page.next
          if (place === null) break
        }
        assert.equal(new Set(seen).size, (USERS * 7) / 100, sort)
        assert.equal(seen.length, new Set(seen).size, sort)
        const inOrder = values.every((value, at) => {
          const before_ = values[at - 1]
          if (before_ === undefined || before_ === value) return true
          const isAfter = /^\d+$/.test(value) ? BigInt(value) > BigInt(before_) : value > before_
          return isAfter !== isDescending
        })
        assert.ok(inOrder, `${sort}: ${values.join(' ')}`)
      }
    }
  })

  test('what is counted is what a look at every user counts: whoever changes them, at once, and however it ends', async () => {
    const seeded = new Random(7)
    const random = () => seeded.next()
    const change = async () => {
      const at = Math.floor(random() * (USERS - 400))
      const some = `batch_id = $1 AND row_number BETWEEN ${at} AND ${at + Math.floor(random() * 400)}`
      const statements = [
        `UPDATE migration_user SET status = 'Syncing', job_id = gen_random_uuid() WHERE ${some}`,
        `UPDATE migration_user SET status = 'Synced', job_id = NULL, initial_synced_at = now(), last_synced_at = now(),
           source_items = row_number, synced_items = row_number, transferred_bytes = 5 WHERE ${some}`,
        `UPDATE migration_user SET status = 'Queued', job_id = NULL, start_after = now() WHERE ${some}`,
        `UPDATE migration_user SET holds = NOT holds, status = 'Stopped' WHERE ${some}`,
        `UPDATE migration_user SET skipped_items = skipped_items + 1 WHERE ${some}`,
        `DELETE FROM migration_user WHERE ${some}`,
      ]
      const isUndone = random() < 0.3
      const [first, second] = [seeded.pick(statements), seeded.pick(statements)]
      try {
        await inTransaction(store.pool, async (client) => {
          await client.query(first, [big])
          await client.query(second, [big])
          if (isUndone) throw new Error('undone')
        })
      } catch (thrown) {
        // A deadlock of the rows that two change is undone, as well.
        assert.match(String(thrown), /undone|deadlock|migration_user_(address|source|target)/)
      }
    }
    for (let round = 0; round < 6; round++) {
      await Promise.all([change(), change(), change(), foldTotals(store), foldTotals(store), change()])
      assert.deepEqual(await wrongTotals(store.pool), [])
    }
    await foldTotals(store)
    assert.deepEqual(await wrongTotals(store.pool), [])
    const { rows } = await store.pool.query<{ most: number }>(
      'SELECT max(n)::int AS most FROM (SELECT count(*) AS n FROM user_total GROUP BY batch_id, status) AS each',
    )
    assert.equal(rows[0]!.most, 1)
  })

  test('a batch that goes leaves nothing counted', async () => {
    await store.pool.query('DELETE FROM migration_batch WHERE id = $1', [big])
    await foldTotals(store)
    assert.deepEqual(await wrongTotals(store.pool), [])
    assert.equal((await store.pool.query('SELECT 1 FROM user_total WHERE batch_id = $1', [big])).rowCount, 0)
  })
})
