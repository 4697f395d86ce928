/**
 * One PostgreSQL for many processes, by DATABASE_URL, each with a data folder of its own: for tests that start the command
 * dozens of times, and whose promise is not that it starts and stops its own.
 */
import { join } from 'node:path'
import { silentLog } from '#base/log.ts'
import { openStore } from '#store/open.ts'
import { startedBefore } from '#test/data-folder.ts'

export interface Database extends AsyncDisposable {
  readonly url: string
}

/** Below `<folder>/database`; it runs as long as this process has it. */
export async function startDatabase(folder: string): Promise<Database> {
  const dataFolder = join(folder, 'database')
  await startedBefore(dataFolder)
  const store = await openStore({ dataFolder, log: silentLog })
  const { host, user, password, database } = store.pool.options
  const secret = typeof password === 'string' ? encodeURIComponent(password) : ''
  return {
    url: `postgresql://${user}:${secret}@/${database}?host=${encodeURIComponent(host ?? '')}`,
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}
