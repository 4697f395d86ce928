/**
 * One process per data folder: a session advisory lock in the embedded database. The kernel closes a dead process's
 * socket, so the lock ends with its holder, however that one ended.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Client, ClientConfig } from 'pg'
import type { Fault } from '#base/fault.ts'
import type { Log } from '#base/log.ts'
import { inUse } from './embedded/start.ts'
import { isAlive } from './embedded/processes.ts'
import { isWorthRetrying, storeFault } from './pg-faults.ts'
import type { Drivers } from './pool.ts'

/** First half of our advisory keys: 'wayb'. */
export const LOCK_CLASS = 0x77617962
const INSTANCE_LOCK = 1
/** Held while the schema changes. */
export const SCHEMA_LOCK = 2

/** A holder that was just killed lets go within milliseconds. */
const DYING_MS = 10_000
const RETAKE_MS = 60_000

const HOLDER = `
  select a.application_name as name
  from pg_locks l join pg_stat_activity a using (pid)
  where l.locktype = 'advisory' and l.granted and l.objsubid = 2
    and l.database = (select oid from pg_database where datname = current_database())
    and l.classid = ${LOCK_CLASS} and l.objid = ${INSTANCE_LOCK}`

async function holder(client: Client): Promise<{ pid: number | null } | null> {
  const { rows } = await client.query<{ name: string }>(HOLDER)
  const name = rows[0]?.name
  if (name === undefined) return null
  const pid = Number(/^waybill (\d+)$/.exec(name)?.[1] ?? Number.NaN)
  return { pid: Number.isNaN(pid) ? null : pid }
}

/** Who holds the lock in the PostgreSQL at `target`; null when nobody does or it takes no connections. */
export async function findHolder(drivers: Drivers, target: ClientConfig): Promise<{ pid: number | null } | null> {
  const client = new drivers.pg.Client({ ...target, application_name: 'waybill look', connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return await holder(client)
  } catch {
    return null
  } finally {
    await client.end().catch(() => {})
  }
}

export interface InstanceLock {
  release(): Promise<void>
}

export interface LockOptions {
  readonly drivers: Drivers
  readonly target: ClientConfig
  /** The data folder. */
  readonly folder: string
  readonly log: Log
  /** Called once when the lock was lost and cannot be had again: the process must end its work. */
  readonly onLost: (fault: Fault) => void
}

/**
 * Takes the lock, and takes it again whenever PostgreSQL comes back from a crash.
 * @throws Fault DATA_FOLDER_IN_USE naming the holder's pid
 */
export async function takeInstanceLock(options: LockOptions): Promise<InstanceLock> {
  let released = false
  let current: HoldingClient | null = null
  const where = { kind: 'embedded', place: options.folder } as const
  const take = async () => {
    const client = await lockedClient(options)
    current = client
    const lost = () => {
      if (released || current !== client) return
      current = null
      options.log.debug('the session with the instance lock was lost')
      void retake()
    }
    client.on('end', lost)
    if (released) await client.end().catch(() => {})
  }
  const retake = async () => {
    const end = Date.now() + RETAKE_MS
    for (;;) {
      if (released) return
      try {
        return await take()
      } catch (thrown) {
        if (!isWorthRetrying(thrown) || Date.now() > end) return options.onLost(storeFault(thrown, where))
        await wait(100, undefined, { ref: false })
      }
    }
  }
  await take()
  return {
    async release() {
      released = true
      // Unreferenced, its farewell would not keep the process alive until it is heard.
      current?.ref()
      await current?.end().catch(() => {})
    },
  }
}

/** pg has these two; its types do not know them. */
type HoldingClient = Client & { ref(): void; unref(): void }

async function lockedClient({ drivers, target, folder }: LockOptions): Promise<HoldingClient> {
  const application_name = `waybill ${process.pid}`
  const client = new drivers.pg.Client({
    ...target,
    application_name,
    connectionTimeoutMillis: 10_000,
  }) as HoldingClient
  // pg tells of a lost session by 'error' and then 'end'; the latter is enough.
  client.on('error', () => {})
  await client.connect()
  try {
    const end = Date.now() + DYING_MS
    for (;;) {
      const { rows } = await client.query<{ got: boolean }>(
        `select pg_try_advisory_lock(${LOCK_CLASS}, ${INSTANCE_LOCK}) as got`,
      )
      if (rows[0]?.got) break
      const other = await holder(client)
      if ((other && (other.pid === null || isAlive(other.pid))) || Date.now() > end)
        throw inUse(folder, other?.pid ?? null)
      await wait(20)
    }
    // It idles for days; it must not keep a finished command alive.
    client.unref()
    return client
  } catch (thrown) {
    await client.end().catch(() => {})
    throw thrown
  }
}
