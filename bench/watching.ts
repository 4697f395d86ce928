/**
 * A batch that runs, watched for ten minutes: whether the page's heap grows, whether the service's does, and what one
 * watching browser costs the service, and ten. When all users are synced they are synced anew, so that it runs on.
 */
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { CDPSession, Page } from 'playwright-core'
import { freePorts } from '#test/servers/instance.ts'
import { type Center, startCenter } from '#test/web/center.ts'
import { inspectorOf } from './inspector.ts'
import { administrator } from './pages.ts'
import type { PartOptions } from './parts.ts'
import { AS_RUN } from './service.ts'
import { startPlanted } from './planted.ts'

const USERS = 3_000
const MESSAGES = 3
const BATCH = 'Run'
/** Minutes at which the heaps are measured; the first one is what the others are held against. */
const LOOKS = [2, 4, 6, 8, 10]
const LOAD_MS = 60_000
const BROWSERS = 10

interface Look {
  readonly minute: number
  readonly pageMb: number
  readonly nodes: number
  readonly listeners: number
  readonly serviceMb: number
  readonly synced: number
}

export async function watchingPart({ scale, tell }: PartOptions): Promise<string[]> {
  const count = Math.max(50, Math.round(USERS * scale))
  const minuteMs = 60_000 * scale
  const names = Array.from({ length: count }, (_, index) => `m${index}`)
  await using stack = new AsyncDisposableStack()
  tell(`planting ${count} mailboxes of ${MESSAGES} messages`)
  const source = stack.use(await startPlanted(names, MESSAGES))
  // It listens there when it is told to (inspector.ts), and not before.
  const port = (await freePorts(1))[0]!
  process.env['NODE_OPTIONS'] = `--inspect-port=127.0.0.1:${port}`
  const center = stack.use(await startCenter('watching', { concurrency: 20, tuning: AS_RUN }))
  delete process.env['NODE_OPTIONS']
  const { served } = center
  await served.newEndpoint('Source', source)
  await served.newBatch(
    BATCH,
    names.map((name) => [name] as const),
  )
  const pid = served.running.child.pid!
  const service = stack.use(await inspectorOf(pid, port))
  const { page, context } = await administrator(center)
  await page.goto('about:blank')
  await served.must('POST', `/batches/${BATCH}/start`)
  await using running = keepRunning(center)

  const load = { none: await cpuShare(pid, LOAD_MS * scale), one: 0, ten: 0 }
  await open(page, center)
  const cdp = await context.newCDPSession(page)
  await cdp.send('HeapProfiler.enable')
  const from = performance.now()
  const looks: Look[] = []
  for (const minute of LOOKS) {
    await wait(Math.max(0, from + minute * minuteMs - performance.now()))
    const seen = { minute, ...(await heapOf(cdp)), serviceMb: await service.heapMb(), synced: running.passes() }
    looks.push(seen)
    tell(`  minute ${minute}: page ${seen.pageMb.toFixed(2)} MB, service ${seen.serviceMb.toFixed(1)} MB`)
    if (minute === LOOKS[0]) load.one = await cpuShare(pid, LOAD_MS * scale)
  }
  const state = await context.storageState()
  const others = await Promise.all(Array.from({ length: BROWSERS - 1 }, () => center.visitor({ state })))
  await Promise.all(others.map((other) => open(other.page, center)))
  load.ten = await cpuShare(pid, LOAD_MS * scale)

  const [first, last] = [looks[0]!, looks.at(-1)!]
  const growth = (last.pageMb / first.pageMb - 1) * 100
  const ofService = (last.serviceMb / first.serviceMb - 1) * 100
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`
  return [
    `${count.toLocaleString('en-US')} mailboxes, 20 at once, its pane open; heaps after a forced collection.`,
    '',
    '| | page, MB | DOM nodes | listeners | service, MB | passes so far |',
    '|---|---|---|---|---|---|',
    ...looks.map(
      ({ minute, pageMb, nodes, listeners, serviceMb, synced }) =>
        `| minute ${minute} | ${pageMb.toFixed(2)} | ${nodes} | ${listeners} | ${serviceMb.toFixed(1)} | ${synced} |`,
    ),
    '',
    `- The page's heap grew by ${growth.toFixed(1)} % from minute ${first.minute} to ${last.minute} (goal at most 10: ${growth <= 10 ? 'holds' : '**missed**'}); the service's by ${ofService.toFixed(1)} %.`,
    `- CPU of the service and its database without its worker, of one core: watched by nobody ${percent(load.none)}, by one browser ${percent(load.one)}, by ${BROWSERS} ${percent(load.ten)}.`,
  ]
}

async function open(page: Page, { url }: Center): Promise<void> {
  await page.goto(`${url}/migration/batches/${BATCH}`)
  await page.getByRole('table', { name: 'Users report' }).getByRole('row').nth(1).waitFor()
}

/** Says "sync now" whenever all is synced. */
function keepRunning({ served }: Center): AsyncDisposable & { passes(): number } {
  let isOver = false
  let rounds = 0
  let done = 0
  const run = (async () => {
    while (!isOver) {
      const { status, totalCount, syncedCount } = await served.batch(BATCH)
      done = rounds * totalCount + syncedCount
      if (status === 'Synced') {
        rounds++
        await served.must('PATCH', `/batches/${BATCH}`, { syncNow: true })
      }
      await wait(2_000)
    }
  })()
  return {
    passes: () => done,
    async [Symbol.asyncDispose]() {
      isOver = true
      await run
    },
  }
}

/** After two collections: what the first one makes unreachable goes with the second. */
async function heapOf(cdp: CDPSession): Promise<Pick<Look, 'pageMb' | 'nodes' | 'listeners'>> {
  for (let time = 0; time < 2; time++) await cdp.send('HeapProfiler.collectGarbage')
  const { usedSize } = await cdp.send('Runtime.getHeapUsage')
  const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters')
  return { pageMb: usedSize / 1e6, nodes, listeners: jsEventListeners }
}

const TICKS = 100

/** Share of one core that the service's own process and its database take; its worker has enough to do by itself. */
async function cpuShare(pid: number, ms: number): Promise<number> {
  const seconds = () =>
    (ticksOf(pid, false) + descendants(pid).reduce((sum, one) => sum + ticksOf(one, true), 0)) / TICKS
  const [from, at] = [seconds(), performance.now()]
  await wait(ms)
  return ((seconds() - from) * 1000) / (performance.now() - at)
}

/** With those of its children that have ended: of a postmaster, its backends. */
function ticksOf(pid: number, withEnded: boolean): number {
  const stat = read(pid, 'stat')
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  return fields.slice(11, withEnded ? 15 : 13).reduce((sum, ticks) => sum + ticks, 0)
}

function descendants(pid: number): number[] {
  const children = read(pid, `task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number)
  return children
    .filter((child) => !read(child, 'cmdline').includes('--until-input-ends'))
    .flatMap((child) => [child, ...descendants(child)])
}

/** Empty where it has just ended. */
function read(pid: number, what: string): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'latin1')
  } catch {
    return ''
  }
}
