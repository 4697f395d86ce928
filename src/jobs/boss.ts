/**
 * The job queue: pg-boss on our own PostgreSQL. One job is one pass of one user that has a slot already; pg-boss
 * brings it to a worker, watches its heartbeat, and gives it to another one when that stops.
 */
import { PgBoss } from 'pg-boss'
import type { PoolClient } from 'pg'
import type { Log } from '#base/log.ts'
import type { Store } from '#store/open.ts'

export const PASS_QUEUE = 'pass'

export interface PassJob {
  readonly userId: string
  readonly endpointId: string
  readonly bucket: 'initial' | 'incremental'
}

export interface BossOptions {
  /** After so many seconds without a heartbeat a worker counts as dead; at least 10 (pg-boss's own limit). */
  readonly heartbeatSeconds: number
  /** So many deaths of workers at one pass, and it is given up: something in that mailbox kills them. */
  readonly mostDeaths: number
}

export const BOSS_DEFAULTS: BossOptions = { heartbeatSeconds: 30, mostDeaths: 6 }

/** Longest run of one pass that pg-boss allows. A pass ends itself before, and goes on as a new one. */
export const LONGEST_PASS_SECONDS = 24 * 3600

export async function startBoss(
  store: Pick<Store, 'connection'>,
  { heartbeatSeconds, mostDeaths }: BossOptions,
  log: Log,
): Promise<PgBoss> {
  const { connectionString, host, port, user, password, database } = store.connection
  const boss = new PgBoss({
    ...(connectionString ? { connectionString } : { host, port, user, password, database }),
    ssl: store.connection.ssl ?? undefined,
    application_name: 'waybill jobs',
    max: 3,
    schedule: false,
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
    // Its only queue is short: what waits, waits in our own tables.
    persistWarnings: false,
  } as ConstructorParameters<typeof PgBoss>[0])
  boss.on('error', (error) => log.warn('the job queue had an error', { said: error.message }))
  boss.on('warning', (warning) => log.info('the job queue warns', { said: warning.message }))
  await boss.start()
  const settings = {
    heartbeatSeconds,
    retryLimit: mostDeaths,
    retryDelay: 0,
    expireInSeconds: LONGEST_PASS_SECONDS,
    deleteAfterSeconds: 3600,
    retentionSeconds: 14 * 24 * 3600,
  }
  await boss.createQueue(PASS_QUEUE, settings)
  await boss.updateQueue(PASS_QUEUE, settings)
  return boss
}

/** pg-boss's statements inside a transaction of ours: a slot and its job are there together or not at all. */
export const inside = (client: PoolClient) => ({
  executeSql: async (text: string, values?: unknown[]) => await client.query(text, values),
})
