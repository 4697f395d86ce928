/**
 * The admin center: the pages of web/dist at `/`, over TCP. They tell nothing by themselves; what they show they ask the
 * API for. Only index.html says which of the other files there are, so that those are kept for ever.
 */
import { randomBytes } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import type { Gate } from './gate.ts'
import { requestFault } from './request-fault.ts'

/** Paths that pages have; which page, index.html finds out. */
const PAGES = ['/', '/account/*', '/migration', '/migration/*']

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Styles that components make while they run carry the nonce of their page (Griffel puts them into elements of its own). */
const policy = (nonce: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

interface Asset {
  readonly type: string
  readonly bytes: Buffer
  readonly gzipped: Buffer
}

interface Built {
  readonly html: string
  /** By name with digest. */
  readonly assets: ReadonlyMap<string, Asset>
}

/** @param folder web/dist; what is built into it after the start is served, too */
export function addAdminCenter(app: FastifyInstance, folder: string, gate: Gate): void {
  let reading: Promise<Built | null> | undefined
  // Read when somebody asks. What is not there is looked for again.
  const built = async () => (await (reading ??= readBuilt(folder))) ?? ((reading = undefined), null)

  for (const path of PAGES) {
    app.get(path, async (request, reply) => {
      gate.greet(request.raw)
      const html = (await built())?.html
      const nonce = randomBytes(16).toString('base64url')
      return reply
        .code(html === undefined ? 503 : 200)
        .headers({ 'content-security-policy': policy(nonce), 'cross-origin-opener-policy': 'same-origin' })
        .type('text/html; charset=utf-8')
        .send(html?.replace('{nonce}', nonce) ?? NOT_BUILT)
    })
  }
  app.get<{ Params: { file: string } }>('/assets/:file', async (request, reply) => {
    gate.greet(request.raw)
    const asset = (await built())?.assets.get(request.params.file)
    if (!asset) throw requestFault('ROUTE_UNKNOWN', 'there is no such file', 'Load the page anew.')
    const takesGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
    return reply
      .headers({
        'cache-control': 'public, max-age=31536000, immutable',
        'cross-origin-resource-policy': 'same-origin',
        vary: 'accept-encoding',
        ...(takesGzip && { 'content-encoding': 'gzip' }),
      })
      .type(asset.type)
      .send(takesGzip ? asset.gzipped : asset.bytes)
  })
}

const NOT_BUILT = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Waybill</title></head><body>
<h1>The admin center is not built</h1>
<p>Run <code>npm run build</code> in the folder of Waybill, and load this page again. <code>npm start</code> does it by itself.</p>
<p>The API is there: <a href="/api/v1/docs">its page</a>.</p>
</body></html>
`

async function readBuilt(folder: string): Promise<Built | null> {
  const assets = new Map<string, Asset>()
  let html: string
  try {
    html = await readFile(join(folder, 'index.html'), 'utf8')
    for (const name of await readdir(join(folder, 'assets'))) {
      const type = TYPES[extname(name)]
      if (type === undefined) continue
      const bytes = await readFile(join(folder, 'assets', name))
      assets.set(name, { type, bytes, gzipped: await promisify(gzip)(bytes, { level: 9 }) })
    }
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw thrown
  }
  return { html, assets }
}
