/** Upgrades from every older schema on the oldest PostgreSQL that is here: `npm run test:crash`. */
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'
import { upgradesFromEach } from '#test/schema-upgrades.ts'
import { postgresMissing, startPostgres } from '#test/servers/postgres.ts'

test('from every older schema, with rows in each table: nothing is lost', { skip: postgresMissing() }, async () => {
  const path = temporaryFolder('upgrade')
  await using postgres = await startPostgres()
  try {
    await upgradesFromEach(join(path, 'data'), postgres.url)
  } finally {
    removeFolder(path)
  }
})
