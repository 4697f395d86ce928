import assert from 'node:assert/strict'
import { silentLog } from '#base/log.ts'
import { openStore } from '#store/open.ts'
import { migrateSchema, schemaFiles } from '#store/schema.ts'
import { allRows, columnsOf } from './older-schema.ts'
import { representativeRows } from './representative-rows.ts'

/** Opens the database, makes each older schema with rows in every table, upgrades it and looks. */
export async function upgradesFromEach(
  dataFolder: string,
  databaseUrl?: string,
  isChosen: (schema: number) => boolean = () => true,
): Promise<void> {
  await using store = await openStore({ dataFolder, databaseUrl, leavesSchema: true, log: silentLog })
  for (const { number } of schemaFiles().filter((file) => isChosen(file.number))) {
    await store.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
    await migrateSchema(
      store.pool,
      store.where,
      schemaFiles().filter((file) => file.number <= number),
    )
    const client = await store.pool.connect()
    try {
      const columns = await columnsOf(client)
      await representativeRows(client)
      const before = await allRows(client)
      assert.deepEqual(
        Object.entries(before).flatMap(([name, rows]) => (rows.length === 0 ? [name] : [])),
        [],
        `schema ${number}: every table has rows`,
      )
      await migrateSchema(store.pool, store.where)
      assert.deepEqual(await allRows(client, columns), before, `schema ${number} upgraded`)
    } finally {
      client.release()
    }
  }
}
