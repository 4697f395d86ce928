/** The admin center as people see it: the real service, built pages, and a browser that is steered by roles and names. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type axe from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { startedBefore } from '#test/data-folder.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'
import { launchChromium } from '#test/servers/chromium.ts'
import { freePorts } from '#test/servers/instance.ts'
import { Served } from '#test/service/world.ts'

const root = join(import.meta.dirname, '../..')
export const dist = join(root, 'web/dist')

const axeSource = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8')

/** As `npm run build` does it: nothing, where it is built. */
export const build = () => promisify(execFile)(process.execPath, [join(root, 'scripts/web.mjs')], { cwd: root })

export interface Center extends AsyncDisposable {
  readonly served: Served
  readonly url: string
  readonly dataFolder: string
  readonly firstPassword: string
  /** Somebody else at another machine: cookies and storage of their own. */
  visitor(options?: VisitorOptions): Promise<Visitor>
}

export interface VisitorOptions {
  readonly width?: number
  readonly height?: number
  readonly scheme?: 'light' | 'dark'
  readonly locale?: string
  /** Another origin that is meant to be asked: a provider of OpenID Connect. */
  readonly also?: string
  /** Cookies and storage of somebody who is signed in already. */
  readonly state?: Awaited<ReturnType<BrowserContext['storageState']>>
}

export interface Visitor {
  readonly page: Page
  readonly context: BrowserContext
  /** Nothing has left the service's own origin, no policy was broken, nothing was thrown. */
  isClean(): void
  /** axe finds nothing serious on what is shown. */
  isAccessible(what: string): Promise<void>
}

export interface CenterOptions {
  readonly concurrency?: number
  readonly port?: number
  readonly tuning?: Readonly<Record<string, number>>
  /** Before the service is started. */
  prepare?(dataFolder: string): Promise<void>
}

export async function startCenter(name: string, options: CenterOptions = {}): Promise<Center> {
  await build()
  await using stack = new AsyncDisposableStack()
  const folder = temporaryFolder(`web-${name}`)
  stack.defer(() => removeFolder(folder))
  const dataFolder = join(folder, 'data')
  await startedBefore(dataFolder)
  const port = options.port ?? (await freePorts(1))[0]!
  const url = `http://localhost:${port}`
  await options.prepare?.(dataFolder)
  const served = stack.use(
    await Served.start({
      dataFolder,
      port,
      publicUrl: url,
      ...(options.tuning && { tuning: options.tuning }),
      args: ['--concurrency', String(options.concurrency ?? 0)],
    }),
  )
  const browser = await launchChromium(folder)
  stack.defer(() => browser.close())
  const owned = stack.move()
  const firstPasswordFile = join(dataFolder, 'first-password')
  return {
    served,
    url,
    dataFolder,
    firstPassword: existsSync(firstPasswordFile) ? readFileSync(firstPasswordFile, 'utf8').trim() : '',
    visitor: (visiting = {}) => visit(browser, url, visiting),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/**
 * What fades in has the contrast of a moment, which nobody reads. What was just opened begins with the next picture; what
 * turns for ever, such as a spinner, is not waited for.
 */
const isStill = (page: Page) =>
  page.evaluate(`(async () => {
    for (;;) {
      await new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)))
      const moving = document.getAnimations().filter(
        (one) => one.playState === 'running' && one.effect?.getComputedTiming().endTime !== Infinity,
      )
      if (moving.length === 0) return
      await Promise.allSettled(moving.map(({ finished }) => finished))
    }
  })()`)

async function visit(
  browser: Browser,
  url: string,
  { width = 1366, height = 900, scheme = 'light', locale = 'en-GB', also, state }: VisitorOptions,
): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    locale,
    timezoneId: 'Europe/Paris',
    reducedMotion: 'reduce',
    ...(state && { storageState: state }),
  })
  const page = await context.newPage()
  // Long enough for a machine that does ten other things.
  page.setDefaultTimeout(60_000)
  const bad: string[] = []
  page.on('request', (request) => {
    const isMeant = [url, also].some((origin) => origin !== undefined && request.url().startsWith(`${origin}/`))
    if (!isMeant) bad.push(`a request to ${request.url()}`)
  })
  page.on('pageerror', (thrown) => bad.push(`thrown: ${thrown.message}`))
  page.on('console', (message) => {
    // That the browser logs answers such as 401 is no fault of the page.
    if (['error', 'warning'].includes(message.type()) && !/Failed to load resource/.test(message.text()))
      bad.push(`${message.type()}: ${message.text()}`)
  })
  return {
    page,
    context,
    isClean: () => assert.deepEqual(bad, []),
    async isAccessible(what) {
      await isStill(page)
      // Once a page, for to read it costs as much as to look; not as an element, which the page's policy would not run.
      if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource)
      const { violations } = await page.evaluate(
        async () =>
          await (globalThis as unknown as { axe: typeof axe }).axe.run(
            // Fluent's own: hands the focus on to its neighbour at once, and nobody ever sees or hears it.
            { exclude: ['[data-tabster-dummy]'] },
            { resultTypes: ['violations'] },
          ),
      )
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      assert.deepEqual(
        serious.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${what}: ${id}: ${any[0]?.message}: ${html}`)),
        [],
      )
    },
  }
}
