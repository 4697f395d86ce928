/**
 * A browser that goes from site to site: follows redirects and `<meta http-equiv="refresh">`, keeps cookies by host, and
 * keeps SameSite cookies back as RFC 6265bis §5.2 says, also over a chain of redirects through another site.
 */
import { type IncomingHttpHeaders, request } from 'node:http'

interface Cookie {
  readonly value: string
  readonly sameSite: 'Strict' | 'Lax'
  readonly path: string
}

export interface Asked<T> {
  readonly status: number
  readonly body: T
}

export interface Page {
  readonly url: URL
  readonly status: number
  readonly text: string
  readonly headers: IncomingHttpHeaders
}

const MOST_STEPS = 20

export class SiteBrowser {
  /** By host, then by name. */
  readonly jar = new Map<string, Map<string, Cookie>>()
  /** Each URL that was asked for, in order. */
  readonly visited: string[] = []
  readonly #stopAt: ((url: URL) => boolean) | null

  /** @param stopAt a URL that is not asked for any more: the page is then the redirect to it */
  constructor(stopAt: ((url: URL) => boolean) | null = null) {
    this.#stopAt = stopAt
  }

  /** As a link on a page of `from` is followed; null: typed into the address bar. */
  async open(address: string, from: string | null = null): Promise<Page> {
    let chain = [new URL(address)]
    let initiator = from
    for (let step = 0; step < MOST_STEPS; step++) {
      const url = chain.at(-1)!
      const sites = [...(initiator === null ? [] : [initiator]), ...chain.map(siteOf)]
      const page = await this.#get(
        url,
        sites.every((site) => site === siteOf(url)),
        initiator !== null,
      )
      const { location } = page.headers
      if (location !== undefined && page.status < 400) {
        const next = new URL(location, url)
        if (this.#stopAt?.(next)) return { ...page, url: next }
        chain.push(next)
        continue
      }
      const refresh = /<meta http-equiv="refresh" content="0;url=([^"]+)">/.exec(page.text)?.[1]
      if (refresh === undefined) return page
      initiator = siteOf(url)
      chain = [new URL(refresh.replaceAll('&amp;', '&'), url)]
    }
    throw new Error(`no end: ${this.visited.join('\n')}`)
  }

  /** As a script of our own page asks. */
  async ask<T = unknown>(origin: string, method: string, path: string): Promise<Asked<T>> {
    const page = await this.#get(new URL(`/api/v1${path}`, origin), true, true, method, 'application/json')
    return { status: page.status, body: (page.text === '' ? undefined : JSON.parse(page.text)) as T }
  }

  cookie(host: string, name: string): Cookie | undefined {
    return this.jar.get(host)?.get(name)
  }

  #get(url: URL, sameSite: boolean, isLink: boolean, method = 'GET', accept = 'text/html'): Promise<Page> {
    this.visited.push(url.href)
    const cookies = [...(this.jar.get(url.hostname) ?? [])]
      .filter(([, { sameSite: rule, path }]) => (sameSite || rule === 'Lax') && url.pathname.startsWith(path))
      .map(([name, { value }]) => `${name}=${value}`)
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          agent: false,
          // Both names are this machine; which is asked is what Host says.
          host: '127.0.0.1',
          port: url.port,
          method,
          path: url.pathname + url.search,
          headers: {
            host: url.host,
            accept,
            'sec-fetch-site': sameSite ? (isLink ? 'same-origin' : 'none') : 'cross-site',
            ...(cookies.length === 0 ? {} : { cookie: cookies.join('; ') }),
          },
        },
        (response) => {
          for (const set of response.headers['set-cookie'] ?? []) this.#keep(url, set)
          let text = ''
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
          response.on('error', reject)
          response.on('end', () => resolve({ url, status: response.statusCode!, text, headers: response.headers }))
        },
      )
      asked.on('error', reject)
      asked.end()
    })
  }

  #keep({ hostname }: URL, set: string): void {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(set)!
    const jar = this.jar.get(hostname) ?? new Map<string, Cookie>()
    this.jar.set(hostname, jar)
    const ends = /;\s*expires=([^;]+)/i.exec(set)?.[1]
    if (/;\s*Max-Age=0/i.test(set) || (ends !== undefined && Date.parse(ends) < Date.now())) jar.delete(name!)
    else
      jar.set(name!, {
        value: value!,
        // What says nothing is Lax to browsers.
        sameSite: /;\s*SameSite=Strict/i.test(set) ? 'Strict' : 'Lax',
        path: /;\s*Path=([^;]+)/i.exec(set)?.[1] ?? '/',
      })
  }
}

/** Scheme and host: both of our hosts are sites of their own. */
const siteOf = (url: URL) => `${url.protocol}//${url.hostname}`
