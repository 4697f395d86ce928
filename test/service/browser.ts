/** What a browser does: keeps the cookie that it is given, and says from where its requests come. */
import { type IncomingMessage, request } from 'node:http'

export interface Seen<T> {
  readonly status: number
  readonly body: T
  readonly headers: IncomingMessage['headers']
}

export class Browser {
  /** `waybill=…`; null: none. */
  cookie: string | null = null
  readonly #port: number
  readonly #address: string

  /** @param address of loopback, from where it calls */
  constructor(port: number, address = '127.0.0.1') {
    this.#port = port
    this.#address = address
  }

  /** Its requests are those of our own page, unless `headers` says otherwise. */
  async ask<T = never>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = { 'sec-fetch-site': 'same-origin' },
  ): Promise<Seen<T>> {
    const response = await this.open(method, path, body, headers)
    let text = ''
    for await (const chunk of response.setEncoding('utf8')) text += chunk as string
    const isJson = /json/.test(response.headers['content-type'] ?? '')
    return {
      status: response.statusCode ?? 0,
      body: (isJson && text !== '' ? JSON.parse(text) : text) as T,
      headers: response.headers,
    }
  }

  /** Resolves with the headers. */
  open(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
    const payload = body === undefined ? undefined : JSON.stringify(body)
    return new Promise<IncomingMessage>((resolve, reject) => {
      const asked = request(
        {
          agent: false,
          host: '127.0.0.1',
          port: this.#port,
          localAddress: this.#address,
          method,
          path: `/api/v1${path}`,
          headers: {
            ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
            ...(this.cookie === null ? {} : { cookie: this.cookie }),
            ...headers,
          },
        },
        (response) => {
          for (const set of response.headers['set-cookie'] ?? []) this.#keep(set)
          resolve(response)
        },
      )
      asked.on('error', reject)
      asked.end(payload)
    })
  }

  signIn<T = never>(userName: string, password: string): Promise<Seen<T>> {
    return this.ask<T>('POST', '/session', { userName, password })
  }

  #keep(set: string): void {
    const [pair] = set.split(';')
    this.cookie = /;\s*Max-Age=0/i.test(set) ? null : pair!
  }
}
