/**
 * The service under many users: a batch of 50,000 rows accepted, and 10,000 small mailboxes run through `waybill serve`
 * while its lists are asked for twice a second: how long they take, and whether the process grows.
 */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Served, csvOf } from '#test/service/world.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import type { PartOptions } from './parts.ts'
import { startPlanted } from './planted.ts'

const USERS = 10_000
const MESSAGES = 3
const ROWS = 50_000
/** Of each list, before and during the run. */
const ASKED_EVERY_MS = 500
const IDLE_ASKS = 120

interface Latency {
  readonly batches: number[]
  readonly users: number[]
}

export async function servicePart({ scale, tell }: PartOptions): Promise<string[]> {
  const count = Math.max(20, Math.round(USERS * scale))
  const names = Array.from({ length: count }, (_, index) => `m${index}`)
  const path = temporaryFolder('bench-service')
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }))
  tell(`planting ${count} mailboxes of ${MESSAGES} messages`)
  const source = stack.use(await startPlanted(names, MESSAGES))
  const served = stack.use(await Served.start({ dataFolder: join(path, 'data'), tuning: AS_RUN }))
  await served.newEndpoint('Source', source)

  const accepted = await acceptance(served, Math.max(100, Math.round(ROWS * scale)))
  tell(`${accepted.rows} rows accepted in ${accepted.seconds.toFixed(1)} s`)
  await served.newBatch(
    'Run',
    names.map((name) => [name] as const),
  )
  const asks = IDLE_ASKS * Math.min(1, scale * 4)
  const idle = await askFor(served, (_synced, asked) => asked < asks)
  tell(`idle: batches p95 ${ms(p95(idle.batches))}, 100 users p95 ${ms(p95(idle.users))}`)

  // The launcher becomes the service by exec: one process, one pid.
  const pid = served.running.child.pid!
  const started = performance.now()
  await served.must('POST', '/batches/Run/start')
  const memory: number[] = []
  let done = 0
  const watch = setInterval(() => memory.push(rss(pid)), 1_000)
  const busy = await askFor(served, (synced) => {
    done = synced
    return synced < count
  })
  clearInterval(watch)
  const seconds = (performance.now() - started) / 1000
  tell(
    `${done} users in ${seconds.toFixed(0)} s; busy: batches p95 ${ms(p95(busy.batches))}, users p95 ${ms(p95(busy.users))}`,
  )
  const at = (share: number) => memory[Math.min(memory.length - 1, Math.floor(memory.length * share))] ?? 0
  return [
    `| | |`,
    `|---|---|`,
    `| A CSV file of ${accepted.rows.toLocaleString('en-US')} rows, uploaded and made a batch | ${accepted.seconds.toFixed(1)} s (goal: 10) |`,
    `| ${count.toLocaleString('en-US')} mailboxes of ${MESSAGES} messages, 20 at once, to Synced | ${seconds.toFixed(0)} s, ${(count / seconds).toFixed(1)} a second |`,
    `| GET /batches, p95 idle, during the run | ${ms(p95(idle.batches))}, ${ms(p95(busy.batches))} (goal: 200 ms, or 4 × idle) |`,
    `| GET /users?limit=100, p95 idle, during the run | ${ms(p95(idle.users))}, ${ms(p95(busy.users))} (goal: 200 ms, or 4 × idle) |`,
    `| RSS of the service after 10 %, 50 %, 100 % of the run | ${mb(at(0.1))}, ${mb(at(0.5))}, ${mb(at(1))} |`,
  ]
}

/** As people run it: no times made short. */
export const AS_RUN = { settleMs: 10_000, retryMs: 5_000, leaseMs: 30_000, heartbeatSeconds: 30, groupMessages: 200 }

async function acceptance(served: Served, rows: number): Promise<{ rows: number; seconds: number }> {
  const csv = csvOf(Array.from({ length: rows }, (_, index) => [`row${index}`] as const))
  const started = performance.now()
  const csvFile = await served.upload(csv)
  await served.must('POST', '/batches', { name: 'Rows', sourceEndpoint: 'Source', csvFile })
  const seconds = (performance.now() - started) / 1000
  await served.must('DELETE', '/batches/Rows')
  while ((await served.ask('GET', '/batches/Rows')).status !== 404) await wait(100)
  return { rows, seconds }
}

/** Both lists, twice a second, as long as `goesOn` says, told how many users are synced and how often it has asked. */
async function askFor(served: Served, goesOn: (synced: number, asked: number) => boolean): Promise<Latency> {
  const latency: Latency = { batches: [], users: [] }
  for (let synced = 0; goesOn(synced, latency.batches.length);) {
    const due = performance.now() + ASKED_EVERY_MS
    const timed = async <T>(into: number[], ask: () => Promise<T>): Promise<T> => {
      const from = performance.now()
      const answer = await ask()
      into.push(performance.now() - from)
      return answer
    }
    const { items } = await timed(latency.batches, () =>
      served.must<{ items: { identity: string; syncedCount: number; failedCount: number }[] }>('GET', '/batches'),
    )
    const run = items.find(({ identity }) => identity === 'Run')
    synced = (run?.syncedCount ?? 0) + (run?.failedCount ?? 0)
    await timed(latency.users, () => served.must('GET', '/users?batch=Run&limit=100'))
    await wait(Math.max(0, due - performance.now()))
  }
  return latency
}

export const p95 = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN
const ms = (value: number) => `${value.toFixed(0)} ms`
const mb = (bytes: number) => `${Math.round(bytes / 1e6)} MB`

/** Of the service and its worker. */
function rss(pid: number): number {
  const own = Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) * 1024
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean)
  return children.reduce((sum, child) => sum + (isWorker(child) ? rss(Number(child)) : 0), own)
}

const isWorker = (pid: string) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('--until-input-ends')
