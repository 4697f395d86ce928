/** A Chromium of our own, without a screen, steered over its DevTools protocol: what a page asks for, logs and shows. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Instance, type Outcome } from './instance.ts'
import { libraryPath, unpackedServer } from './packages.ts'

const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-headless-shell', '/usr/bin/chromium-browser']

interface Program {
  readonly program: string
  readonly env: Readonly<Record<string, string>>
}

export function findChromium(): Program | null {
  const installed = INSTALLED.find((path) => existsSync(path))
  if (installed !== undefined) return { program: installed, env: {} }
  const tree = unpackedServer('chromium')
  if (tree === null) return null
  return {
    program: join(tree, 'usr/lib/chromium/chromium-headless-shell'),
    env: { LD_LIBRARY_PATH: libraryPath(tree) },
  }
}

/** For `skip`: false where there is one. */
export const noChromium = (): string | false => (findChromium() === null ? 'no Chromium on this machine' : false)

type Params = Readonly<Record<string, unknown>>
type Listener = (params: Record<string, never>) => void

export interface Page {
  /** Of every request that the page has made. */
  readonly requests: string[]
  /** What the console and the log of the browser have said: violations of a policy, errors. */
  readonly said: string[]
  go(url: string): Promise<void>
  /** The value of an expression, waited for when it is a promise. */
  evaluate<T>(expression: string): Promise<T>
  /** Until the expression is true, 20 s at most. */
  until(expression: string): Promise<void>
  /** PNG of the whole page. */
  screenshot(): Promise<Buffer>
}

export interface Chromium extends AsyncDisposable {
  open(): Promise<Page>
}

export async function startChromium(t: Outcome | null = null): Promise<Chromium> {
  const found = findChromium()
  if (found === null) throw new Error('no Chromium on this machine')
  const instance = new Instance('chromium', t)
  try {
    const portFile = join(instance.folder, 'DevToolsActivePort')
    const args = [
      '--headless',
      // Root has no user namespace to be shut in; the pages are our own.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--remote-debugging-port=0',
      `--user-data-dir=${instance.folder}`,
      '--window-size=1280,900',
      'about:blank',
    ]
    const env = { HOME: instance.folder, ...found.env }
    const isUp = await instance.start({ program: found.program, args, env }, async () => existsSync(portFile))
    if (!isUp) throw new Error(`Chromium ended: ${instance.log()}`)
    const [port, path] = readFileSync(portFile, 'utf8').split('\n')
    const link = await Link.open(`ws://127.0.0.1:${port}${path}`)
    return {
      open: () => openPage(link),
      async [Symbol.asyncDispose]() {
        link.close()
        await instance[Symbol.asyncDispose]()
      },
    }
  } catch (thrown) {
    await instance[Symbol.asyncDispose]()
    throw thrown
  }
}

async function openPage(link: Link): Promise<Page> {
  const { targetId } = await link.send<{ targetId: string }>('Target.createTarget', { url: 'about:blank' })
  const { sessionId } = await link.send<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true })
  const send = <T>(method: string, params: Params = {}) => link.send<T>(method, params, sessionId)
  const [requests, said]: [string[], string[]] = [[], []]
  link.on(sessionId, 'Network.requestWillBeSent', ({ request }: { request: { url: string } }) =>
    requests.push(request.url),
  )
  link.on(sessionId, 'Log.entryAdded', ({ entry }: { entry: { text: string } }) => said.push(entry.text))
  link.on(sessionId, 'Runtime.exceptionThrown', (thrown: object) => said.push(JSON.stringify(thrown)))
  link.on(sessionId, 'Runtime.consoleAPICalled', ({ type, args }: { type: string; args: { value?: unknown }[] }) =>
    said.push(`${type}: ${args.map(({ value }) => String(value)).join(' ')}`),
  )
  for (const domain of ['Network', 'Log', 'Runtime', 'Page']) await send(`${domain}.enable`)
  const evaluate = async <T>(expression: string): Promise<T> => {
    const asked = { expression, awaitPromise: true, returnByValue: true }
    const answer = await send<{ result: { value: T }; exceptionDetails?: object }>('Runtime.evaluate', asked)
    if (answer.exceptionDetails) throw new Error(JSON.stringify(answer.exceptionDetails))
    return answer.result.value
  }
  return {
    requests,
    said,
    evaluate,
    async go(url) {
      const loaded = new Promise<void>((resolve) => link.on(sessionId, 'Page.loadEventFired', () => resolve()))
      await send('Page.navigate', { url })
      await loaded
    },
    async until(expression) {
      const deadline = Date.now() + 20_000
      while (!(await evaluate<boolean>(expression))) {
        if (Date.now() > deadline) throw new Error(`20 s without ${expression}; the browser says ${said.join('\n')}`)
        await evaluate('new Promise((resolve) => setTimeout(resolve, 50))')
      }
    },
    async screenshot() {
      const { data } = await send<{ data: string }>('Page.captureScreenshot', { captureBeyondViewport: true })
      return Buffer.from(data, 'base64')
    },
  }
}

/** Commands and their answers, and events by the page that they are of. */
class Link {
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  readonly #listeners = new Map<string, Listener[]>()
  #last = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => this.#take(JSON.parse(String(data)) as Record<string, never>))
    socket.addEventListener('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('Chromium has gone'))
    })
  }

  static async open(url: string): Promise<Link> {
    const socket = new WebSocket(url)
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve)
      socket.addEventListener('error', reject)
    })
    return new Link(socket)
  }

  send<T>(method: string, params: Params, sessionId?: string): Promise<T> {
    const id = ++this.#last
    const waiting = Promise.withResolvers<unknown>()
    this.#waiting.set(id, waiting)
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }))
    return waiting.promise as Promise<T>
  }

  on(sessionId: string, method: string, listener: (params: never) => void): void {
    const key = `${sessionId} ${method}`
    this.#listeners.set(key, [...(this.#listeners.get(key) ?? []), listener as Listener])
  }

  close(): void {
    this.#socket.close()
  }

  #take(message: { id?: number; error?: { message: string }; result?: unknown; method?: string } & Params): void {
    if (message.id === undefined) {
      const key = `${String(message['sessionId'])} ${message.method}`
      for (const listener of this.#listeners.get(key) ?? []) listener(message['params'] as Record<string, never>)
      return
    }
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if (message.error) waiting?.reject(new Error(message.error.message))
    else waiting?.resolve(message.result)
  }
}
