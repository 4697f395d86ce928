/** One HTTP exchange after another over a connection that is kept. */
import http from 'node:http'
import https from 'node:https'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { text } from 'node:stream/consumers'
import { Fault } from '#base/fault.ts'
import type { Place } from './place.ts'
import { unreachable } from './problem.ts'

/** A connection test takes 15 s, and a file of 50,000 rows a while to be checked. */
const PATIENCE_MS = 180_000

export interface Sent {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>
  readonly type?: string
  /** With it the service carries out once what comes twice; the body can be read again. */
  readonly key?: string
}

export interface Received {
  readonly status: number
  readonly statusText: string
  readonly isJson: boolean
  /** Null where the server named no time. */
  readonly retryAfterMs: number | null
  readonly body: http.IncomingMessage
  readonly text: () => Promise<string>
}

export class Courier {
  readonly #place: Place
  readonly #module: typeof http | typeof https
  readonly #agent: http.Agent
  readonly #target: http.RequestOptions

  constructor(place: Place) {
    this.#place = place
    const url = new URL(place.kind === 'url' ? `${place.url}/` : 'http://localhost/')
    this.#module = url.protocol === 'https:' ? https : http
    this.#agent = new this.#module.Agent({ keepAlive: true, maxSockets: 1 })
    this.#target =
      place.kind === 'socket'
        ? { socketPath: place.socket, host: 'localhost' }
        : {
            host: url.hostname.replace(/^\[|\]$/g, ''),
            port: url.port === '' ? undefined : Number(url.port),
            path: url.pathname.replace(/\/$/, ''),
            headers: { authorization: `Bearer ${place.token}` },
          }
  }

  async send(sent: Sent): Promise<Received> {
    try {
      return await this.#exchange(sent)
    } catch (thrown) {
      throw thrown instanceof Fault ? thrown : unreachable(this.#place, thrown)
    }
  }

  async #exchange({ method, path, body, type, key }: Sent): Promise<Received> {
    const request = this.#module.request({
      ...this.#target,
      agent: this.#agent,
      method,
      path: `${this.#target.path ?? ''}${path}`,
      timeout: PATIENCE_MS,
      headers: {
        accept: 'application/json, text/csv',
        ...(type === undefined ? {} : { 'content-type': type }),
        ...(key === undefined ? {} : { 'idempotency-key': `"${key}"` }),
        ...(body instanceof Uint8Array ? { 'content-length': body.length } : {}),
        ...(this.#target.headers as http.OutgoingHttpHeaders | undefined),
      },
    })
    request.on('timeout', () => request.destroy(new Error(`no answer within ${PATIENCE_MS / 1000} s`)))
    const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
      request.once('response', resolve)
      // Stays: what comes after the answer, such as a reset under an upload that was refused, is nobody's.
      request.on('error', reject)
    })
    if (body === undefined || body instanceof Uint8Array) request.end(body)
    else {
      // A file that cannot be read to its end must not look like a shorter one: the request is broken off.
      pipeline(Readable.from(body), request).catch((thrown: unknown) => request.destroy(thrown as Error))
    }
    const answer = await answered
    const seconds = Number(answer.headers['retry-after'] ?? Number.NaN)
    return {
      isJson: /json/.test(answer.headers['content-type'] ?? ''),
      retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : null,
      status: answer.statusCode ?? 0,
      statusText: answer.statusMessage ?? '',
      body: answer,
      text: async () => {
        try {
          return await text(answer)
        } catch (thrown) {
          throw unreachable(this.#place, thrown)
        }
      },
    }
  }

  close(): void {
    this.#agent.destroy()
  }
}
