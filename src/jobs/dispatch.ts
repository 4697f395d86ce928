/**
 * Gives slots to users, fairly between batches. Whoever does it holds one lock, so two never give the same slot; that
 * a bucket never holds more than its limit follows from the key of the table `slot`, whoever dispatches.
 */
import { randomUUID } from 'node:crypto'
import type { PgBoss } from 'pg-boss'
import type { PoolClient } from 'pg'
import { LOCK_CLASS } from '#store/instance-lock.ts'
import { inTransaction } from '#store/ledger/transaction.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { wake } from '#store/service/wake.ts'
import { PASS_QUEUE, type PassJob, inside } from './boss.ts'

const DISPATCH_LOCK = 3

export interface DispatchLimits {
  /** Passes of all endpoints and buckets together. */
  readonly maxConcurrent: number
  /** A worker that has not been heard of for so long has no capacity, ms. */
  readonly workerTimeoutMs: number
}

/**
 * For so long a worker's capacity counts after its last beat: until its passes have come back, which takes their own
 * heartbeat, pg-boss's round and a poll. Less, and what a dead worker still holds would be taken off the living ones'.
 */
export const capacityMs = (heartbeatSeconds: number) => heartbeatSeconds * 1000 + 15_000

type Bucket = PassJob['bucket']

interface Free {
  readonly endpoint_id: string
  readonly bucket: Bucket
  readonly slots: readonly number[]
  /** How many of them are given by now. */
  given: number
  /** Slots of the bucket that are taken. */
  active: number
}

interface Candidate {
  readonly batch_id: string
  readonly priority: number
  readonly active: number
}

/** Due users of a bucket. A StartAfter of the user wins over the batch's. */
const DUE: Record<Bucket, string> = {
  initial: `u.status = 'Queued' AND coalesce(u.start_after, b.start_after, '-infinity') <= now()`,
  incremental: `u.status IN ('Synced', 'IncrementalFailed')`,
}
const READY = `b.running AND b.flags = 'None' AND u.holds AND u.job_id IS NULL AND u.next_at <= now()`

/** Gives as many slots as there are; answers how many. Does nothing while somebody else is at it. */
export async function dispatch(store: ServiceStore, boss: PgBoss, limits: DispatchLimits): Promise<number> {
  return await inTransaction(store.pool, async (client) => {
    const { rows } = await client.query<{ got: boolean }>(
      `SELECT pg_try_advisory_xact_lock(${LOCK_CLASS}, ${DISPATCH_LOCK}) AS got`,
    )
    if (!rows[0]?.got) return 0
    const { room, quarter } = await roomOf(client, limits)
    if (room <= 0) return 0
    const jobs: { id: string; data: PassJob }[] = []
    const free = (await freeSlots(client)).map((each) => ({ ...each, priority: 0, want: 0 }))
    const give = async (bucket: Bucket, most: number) => {
      jobs.push(...(await spread(client, free, bucket, Math.min(most, room - jobs.length))))
    }
    // Initial passes first where the workers' room is short: they are what people wait for. Yet incremental ones get
    // their quarter of it: a long backlog must not keep mailboxes from their last sync.
    await give('incremental', quarter)
    await give('initial', room)
    await give('incremental', room)
    if (jobs.length === 0) return 0
    await boss.insert(PASS_QUEUE, jobs, { db: inside(client) })
    await wake(client, 'jobs')
    return jobs.length
  })
}

type Sharing = Free & { priority: number; active: number; want: number }

/** Endpoints share the room by what they have at work: one whose server is silent must not take it all in time. */
async function spread(client: PoolClient, free: Sharing[], bucket: Bucket, room: number) {
  const jobs: { id: string; data: PassJob }[] = []
  let turn = free.filter((each) => each.bucket === bucket && each.given < each.slots.length)
  while (jobs.length < room && turn.length > 0) {
    share(turn, room - jobs.length)
    const still: typeof turn = []
    for (const each of turn) {
      const wanted = Math.min(each.want, each.slots.length - each.given)
      each.want = 0
      const given = await fill(client, each, wanted)
      jobs.push(...given)
      each.given += given.length
      each.active += given.length
      // Fewer were due than it had room for: the rest goes round again among those that have more.
      if (given.length === wanted && each.given < each.slots.length) still.push(each)
    }
    turn = still
  }
  return jobs
}

/** How many more passes the living workers, and the limit of all, have room for; and of their first quarter, incremental ones. */
async function roomOf(client: PoolClient, { maxConcurrent, workerTimeoutMs }: DispatchLimits) {
  const { rows } = await client.query<{ capacity: number; used: number; incremental: number }>(
    `SELECT (SELECT coalesce(sum(capacity), 0)::int FROM worker
        WHERE heartbeat_at > now() - $1 * interval '1 millisecond') AS capacity,
       count(*)::int AS used, (count(*) FILTER (WHERE bucket = 'incremental'))::int AS incremental FROM slot`,
    [workerTimeoutMs],
  )
  const { capacity, used, incremental } = rows[0]!
  const most = Math.min(capacity, maxConcurrent)
  return { room: most - used, quarter: Math.max(0, Math.ceil(most / 4) - incremental) }
}

/** The free slots of every bucket that somebody is due for. A slot above a limit that was lowered frees itself. */
async function freeSlots(client: PoolClient): Promise<Free[]> {
  const { rows } = await client.query<Free>(
    `WITH bucket AS (
       SELECT id AS endpoint_id, 'initial' AS bucket, max_migrations AS most FROM migration_endpoint
       UNION ALL SELECT id, 'incremental', max_incremental FROM migration_endpoint),
     used AS (SELECT endpoint_id, bucket, count(*) AS n FROM slot GROUP BY 1, 2)
     SELECT b.endpoint_id, b.bucket, coalesce(u.n, 0)::int AS active,
       (SELECT array_agg(n ORDER BY n) FROM (
          SELECT t.n FROM generate_series(1, b.most) AS t(n)
          WHERE NOT EXISTS (SELECT 1 FROM slot s
            WHERE s.endpoint_id = b.endpoint_id AND s.bucket = b.bucket AND s.n = t.n)
          ORDER BY t.n LIMIT greatest(0, b.most - coalesce(u.n, 0))) AS free) AS slots
     FROM bucket b LEFT JOIN used u USING (endpoint_id, bucket)
     WHERE coalesce(u.n, 0) < b.most
       AND EXISTS (SELECT 1 FROM migration_batch m WHERE m.endpoint_id = b.endpoint_id AND m.running)
     ORDER BY random()`,
  )
  return rows.filter(({ slots }) => slots !== null && slots.length > 0).map((each) => ({ ...each, given: 0 }))
}

/** Gives `most` slots of one bucket, each to the batch of highest priority that has the fewest at work. */
async function fill(client: PoolClient, free: Free, most: number): Promise<{ id: string; data: PassJob }[]> {
  if (most === 0) return []
  const { rows: candidates } = await client.query<Candidate>(
    `SELECT b.id AS batch_id, b.priority,
       (SELECT count(*)::int FROM slot s WHERE s.batch_id = b.id AND s.bucket = $2) AS active
     FROM migration_batch b
     WHERE b.endpoint_id = $1 AND b.running AND b.flags = 'None'
       AND EXISTS (SELECT 1 FROM migration_user u WHERE u.batch_id = b.id AND ${READY} AND ${DUE[free.bucket]})
     ORDER BY b.id`,
    [free.endpoint_id, free.bucket],
  )
  const slotsFrom = free.given
  const given: { id: string; data: PassJob }[] = []
  let waiting = candidates.map((candidate) => ({ ...candidate, want: 0 }))
  for (let left = most; left > 0 && waiting.length > 0;) {
    share(waiting, left)
    const still: typeof waiting = []
    for (const batch of waiting) {
      const from = slotsFrom + given.length
      const slots = free.slots.slice(from, from + batch.want)
      const jobs = await take(client, free, batch.batch_id, slots)
      given.push(...jobs)
      left -= jobs.length
      // Fewer were due than it had been given: the rest goes round again among those that have more.
      if (jobs.length === batch.want) still.push({ ...batch, active: batch.active + jobs.length, want: 0 })
    }
    waiting = still
  }
  return given
}

/** Decides how many of `slots` each batch gets: the highest priority first, then who has the fewest. */
export function share(batches: { priority: number; active: number; want: number }[], slots: number): void {
  for (let n = 0; n < slots; n++) {
    const next = batches.reduce((best, batch) => {
      if (batch.priority !== best.priority) return batch.priority > best.priority ? batch : best
      return batch.active + batch.want < best.active + best.want ? batch : best
    })
    next.want++
  }
}

async function take(client: PoolClient, free: Free, batchId: string, slots: readonly number[]) {
  if (slots.length === 0) return []
  const { rows } = await client.query<{ id: string }>(
    `SELECT u.id FROM migration_user u JOIN migration_batch b ON b.id = u.batch_id
     WHERE u.batch_id = $1 AND ${READY} AND ${DUE[free.bucket]}
     ORDER BY u.next_at, u.row_number LIMIT $2 FOR UPDATE OF u SKIP LOCKED`,
    [batchId, slots.length],
  )
  const jobs = rows.map(({ id }) => ({
    id: randomUUID(),
    data: { userId: id, endpointId: free.endpoint_id, bucket: free.bucket },
  }))
  if (jobs.length === 0) return []
  await client.query(
    `WITH given AS (SELECT * FROM unnest($4::uuid[], $5::uuid[], $6::int[]) AS t(job_id, user_id, n)),
     taken AS (INSERT INTO slot (endpoint_id, bucket, n, job_id, user_id, batch_id)
       SELECT $1, $2, n, job_id, user_id, $3 FROM given)
     UPDATE migration_user u SET job_id = g.job_id,
       status = CASE WHEN u.status = 'Queued' THEN 'Starting' ELSE u.status END, job_attempt = 0
     FROM given g WHERE u.id = g.user_id`,
    [
      free.endpoint_id,
      free.bucket,
      batchId,
      jobs.map(({ id }) => id),
      jobs.map(({ data }) => data.userId),
      slots.slice(0, jobs.length),
    ],
  )
  return jobs
}
