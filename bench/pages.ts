/**
 * How long the pages of the admin center take, from the navigation until their rows are shown, on an idle service with
 * 100 batches: one of them with 50,000 users and, as a second world, all of them with 5,000.
 */
import type { CDPSession, Page, Request } from 'playwright-core'
import { silentLog } from '#base/log.ts'
import { openStore } from '#store/open.ts'
import { makeAdministrator, PASSWORD } from '#test/service/administrators-world.ts'
import { type SeededBatch, seedBatches, seedPast } from '#test/service/many-users.ts'
import { type Center, type Visitor, startCenter } from '#test/web/center.ts'
import { signIn } from '#test/web/gestures.ts'
import { median } from './measure.ts'
import { BIG, PAGES, type PageLine, type PageWorld } from './page-table.ts'
import type { PartOptions } from './parts.ts'
import { AS_RUN, p95 } from './service.ts'

const LOADS = 20
/** Pages of both kinds of load and their longest request, ms. */
const GOAL_MS = 1_000

interface Load {
  readonly ms: number
  /** What the page's own thread has worked: the same however busy the machine is. */
  readonly workMs: number
  readonly calls: readonly { readonly what: string; readonly ms: number }[]
}

/** One of 100 batches has 50,000 users. */
export function pagesPart({ scale, tell }: PartOptions): Promise<string[]> {
  const count = Math.max(1_000, Math.round(50_000 * scale))
  const seeded: SeededBatch[] = Array.from({ length: 100 }, (_, at) =>
    at === 42
      ? { name: BIG, users: count, state: 'Mixed' }
      : { name: `Wave ${at}`, users: 50, state: (['Created', 'Synced', 'Mixed'] as const)[at % 3]! },
  )
  return inWorld('pages-one', seeded, PAGES, scale, tell)
}

/** All of 100 batches have 5,000; the pages whose cost may follow from all of them together. */
export function pagesManyPart({ scale, tell }: PartOptions): Promise<string[]> {
  const users = Math.max(100, Math.round(5_000 * scale))
  const seeded: SeededBatch[] = Array.from({ length: 100 }, (_, at) => ({
    name: at === 42 ? BIG : `Wave ${at}`,
    users,
    state: (['Created', 'Synced', 'Mixed', 'Mixed'] as const)[at === 42 ? 2 : at % 4]!,
  }))
  const pages = PAGES.filter(({ isOfAll }) => isOfAll)
  return inWorld('pages-many', seeded, pages, scale, tell)
}

async function inWorld(
  name: string,
  seeded: readonly SeededBatch[],
  pages: readonly PageLine[],
  scale: number,
  tell: (text: string) => void,
): Promise<string[]> {
  const all = seeded.reduce((sum, { users: n }) => sum + n, 0)
  tell(`seeding 100 batches with ${all.toLocaleString('en-US')} users in all`)
  await using center = await startCenter(name, {
    tuning: AS_RUN,
    // A worker that has nothing to do.
    concurrency: 1,
    async prepare(dataFolder) {
      await using store = await openStore({ dataFolder, log: silentLog })
      await seedBatches(store.pool, seeded)
      await seedPast(store.pool, { archived: 50, users: 200, acts: Math.round(100_000 * scale) })
    },
  })
  const world = await worldOf(center)
  const visitor = await administrator(center)
  const loads = Math.max(2, Math.round(LOADS * Math.min(1, scale * 4)))
  const rows: string[] = []
  const calls = new Map<string, number[]>()
  let worst = 0
  for (const line of pages) {
    const [cold, warm]: [Load[], Load[]] = [[], []]
    for (let at = 0; at < loads; at++) {
      const state = await visitor.context.storageState()
      const newcomer = await center.visitor({ state })
      cold.push(await load(newcomer.page, center.url, line, world))
      newcomer.isClean()
      await newcomer.context.close()
    }
    // The first one brings the scripts of this page into the cache.
    await load(visitor.page, center.url, line, world)
    for (let at = 0; at < loads; at++) warm.push(await load(visitor.page, center.url, line, world))
    visitor.isClean()
    for (const { what, ms } of [...cold, ...warm].flatMap((each) => each.calls))
      calls.set(what, [...(calls.get(what) ?? []), ms])
    const [ofCold, ofWarm] = [cold, warm].map((all) => all.map(({ ms }) => ms)) as [number[], number[]]
    worst = Math.max(worst, p95(ofCold), p95(ofWarm))
    const work = median(warm.map(({ workMs }) => workMs)).toFixed(0)
    rows.push(`| ${line.name} | ${figures(ofCold)} | ${figures(ofWarm)} | ${work} |`)
    tell(`  ${line.name}: cold ${figures(ofCold)}, warm ${figures(ofWarm)}, work ${work}`)
  }
  return [
    `| ${loads} loads, p50 / p95 / max ms | cold cache | warm cache | of it the page's own work, ms of CPU |`,
    '|---|---|---|---|',
    ...rows,
    '',
    `- The slowest p95 is ${worst.toFixed(0)} ms (goal ${GOAL_MS}: ${worst < GOAL_MS ? 'holds' : '**missed**'}).`,
    '',
    '| Request behind them | asked | p50 / p95 / max ms |',
    '|---|---|---|',
    ...[...calls]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([what, times]) => `| ${what} | ${times.length} | ${figures(times)} |`),
  ]
}

/** From the navigation until its rows are shown, with the requests that were answered by then. */
async function load(page: Page, url: string, line: PageLine, world: PageWorld): Promise<Load> {
  // Nothing of the page before is still asked for, and its event stream has ended.
  await page.goto('about:blank')
  const calls: { what: string; ms: number }[] = []
  const note = (request: Request) => {
    const { pathname, searchParams } = new URL(request.url())
    if (!pathname.startsWith('/api/')) return
    const { requestStart, responseEnd } = request.timing()
    if (responseEnd >= 0) calls.push({ what: callName(pathname, searchParams), ms: responseEnd - requestStart })
  }
  page.on('requestfinished', note)
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable')
  const workedBefore = await worked(cdp)
  await page.goto(url + (typeof line.path === 'string' ? line.path : line.path(world)), { waitUntil: 'commit' })
  // In the page, at every frame, since the navigation began: a locator looks again after up to half a second only.
  const ms = await page.evaluate<number>(`new Promise((resolve) => {
    const { css, text } = ${JSON.stringify(line.shown)}
    const isThere = () => css === undefined
      ? document.getElementById('content')?.textContent.includes(text)
      : document.querySelector(css) !== null
    const look = () => isThere() ? resolve(performance.now()) : requestAnimationFrame(look)
    look()
  })`)
  const workMs = (await worked(cdp)) - workedBefore
  page.off('requestfinished', note)
  await cdp.detach()
  return { ms, workMs, calls }
}

async function worked(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'ThreadTime')?.value ?? 0) * 1000
}

/** `GET /users?sort` with the names of the parameters that make a difference. */
function callName(pathname: string, query: URLSearchParams): string {
  const path = pathname
    .replace('/api/v1', '')
    .replace(/^\/(users|batches|reports)\/[^/]+/, (_, list: string) => `/${list}/{}`)
  const sort = query.get('sort')
  const told = [
    ...(sort === null ? [] : [`sort=${sort}`]),
    ...['search', 'statusSummary', 'cursor'].filter((key) => query.has(key)),
  ]
  return `GET ${path}${told.length > 0 ? `?${told.join('&')}` : ''}`
}

async function worldOf({ served }: Center): Promise<PageWorld> {
  interface Users {
    readonly items: { readonly identity: string }[]
    readonly nextCursor: string | null
    readonly total: number
  }
  const list = (query: string) => served.must<Users>('GET', `/users?batch=${BIG}&${query}`)
  const [failed, synced] = await Promise.all([
    list('statusSummary=Failed&limit=1'),
    list('statusSummary=Synced&limit=1'),
  ])
  let page = await list('limit=1')
  for (let left = page.total - 51; left > 0 && page.nextCursor !== null; left -= 1000)
    page = await list(`limit=${Math.min(1000, left)}&cursor=${page.nextCursor}`)
  return {
    user: synced.items[0]!.identity,
    failedUser: failed.items[0]!.identity,
    lastCursor: page.nextCursor ?? '',
  }
}

/** Somebody who is signed in and may see all pages. */
export async function administrator(center: Center): Promise<Visitor> {
  await makeAdministrator(center.served, 'ann', ['OrganizationManagement'])
  const visitor = await center.visitor()
  await visitor.page.goto(center.url)
  await signIn(visitor.page, 'ann', PASSWORD)
  await visitor.page.getByRole('heading', { name: 'Migration batches' }).waitFor()
  return visitor
}

const figures = (values: readonly number[]) =>
  [median(values), p95(values), Math.max(...values)].map((ms) => ms.toFixed(0)).join(' / ')
