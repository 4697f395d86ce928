/** Settings of the service: what nobody changed is as contract/limits.ts has it. */
import type { PoolClient } from 'pg'
import { LIMITS } from '#contract/limits.ts'
import { inTransaction } from '../ledger/transaction.ts'
import type { ServiceStore } from './service-store.ts'
import { wake } from './wake.ts'

export interface ServiceConfig {
  readonly maxNumberOfBatches: number
  /** Passes at once of all endpoints together. */
  readonly maxConcurrentMigrations: number
  readonly incrementalSyncIntervalSeconds: number
  readonly adminAuditLogAgeLimitSeconds: number
  /** Of these, 0 is never. */
  readonly stopSyncedAfterSeconds: number
  readonly removeStoppedAfterSeconds: number
  readonly removeFailedAfterSeconds: number
  readonly removeCompletedAfterSeconds: number
  readonly removeArchivesAfterSeconds: number
}

export type ConfigChanges = { readonly [Key in keyof ServiceConfig]?: number | undefined }

const DEFAULTS: ServiceConfig = {
  maxNumberOfBatches: LIMITS.batches,
  maxConcurrentMigrations: LIMITS.slots,
  incrementalSyncIntervalSeconds: LIMITS.incrementalSyncIntervalSeconds,
  adminAuditLogAgeLimitSeconds: LIMITS.adminAuditLogAgeLimitSeconds,
  stopSyncedAfterSeconds: LIMITS.stopSyncedAfterSeconds,
  removeStoppedAfterSeconds: LIMITS.removeStoppedAfterSeconds,
  removeFailedAfterSeconds: LIMITS.removeFailedAfterSeconds,
  removeCompletedAfterSeconds: LIMITS.removeCompletedAfterSeconds,
  removeArchivesAfterSeconds: 0,
}

const NAME = 'config'
/** How long another process may not yet know of a change. */
const CACHED_MS = 2_000

interface Cached {
  readonly until: number
  readonly config: Promise<ServiceConfig>
}
const cache = new WeakMap<ServiceStore['db'], Cached>()

/** Cheap: the dispatcher asks each time. */
export async function readConfig(store: ServiceStore): Promise<ServiceConfig> {
  const cached = cache.get(store.db)
  if (cached && cached.until > performance.now()) return cached.config
  const config = freshConfig(store)
  cache.set(store.db, { until: performance.now() + CACHED_MS, config })
  // What failed is asked again.
  config.catch(() => cache.delete(store.db))
  return config
}

/** As it is at this moment, also where another process has changed it: for what is decided once and stored. */
export async function freshConfig(store: ServiceStore): Promise<ServiceConfig> {
  const row = await store.retrying(() =>
    store.db.selectFrom('setting').select('value').where('name', '=', NAME).executeTakeFirst(),
  )
  return { ...DEFAULTS, ...row?.value }
}

/** A shorter interval counts from the last sync on: nobody waits out a day that is an hour now. */
async function hasten(client: PoolClient, seconds: number): Promise<void> {
  await client.query(
    `UPDATE migration_user SET next_at = last_check_at + $1 * interval '1 second'
     WHERE status IN ('Synced', 'IncrementalFailed') AND next_at < 'infinity'
       AND next_at > last_check_at + $1 * interval '1 second'`,
    [seconds],
  )
}

/** Changes come one after the other; there may be no row yet that could be locked. */
const LOCK = `SELECT pg_advisory_xact_lock(hashtextextended('waybill config', 0))`

/**
 * What is given is set, the rest stays.
 * @param check sees the settings as they are, locked, and throws what forbids the change
 */
export async function changeConfig(
  store: ServiceStore,
  changes: ConfigChanges,
  check: (config: ServiceConfig) => void = () => {},
): Promise<ServiceConfig> {
  await store.retrying(() =>
    inTransaction(store.pool, async (client) => {
      await client.query(LOCK)
      const { rows } = await client.query<{ value: object }>('SELECT value FROM setting WHERE name = $1', [NAME])
      check({ ...DEFAULTS, ...rows[0]?.value })
      await client.query(
        `INSERT INTO setting (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = setting.value || excluded.value`,
        [NAME, JSON.stringify(changes)],
      )
      if (changes.incrementalSyncIntervalSeconds !== undefined)
        await hasten(client, changes.incrementalSyncIntervalSeconds)
      await wake(client, 'work')
    }),
  )
  cache.delete(store.db)
  return readConfig(store)
}
