/**
 * The admin center: the pages of web/dist at `/`, over TCP. They tell nothing by themselves; what they show they ask the
 * API for. Only index.html says which of the other files there are, so that those are kept for ever.
 */
import { randomBytes } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Gate } from './gate.ts'
import { type Asset, type Page, assetNamed, pagePolicy, sendAsset, sendPage } from './serve-page.ts'

/** Paths that pages have; which page, index.html finds out. */
const PAGES = [
  '/',
  ...['account', 'dashboard', 'migration', 'organization', 'reports', 'settings'].flatMap((name) => [
    `/${name}`,
    `/${name}/*`,
  ]),
]

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Styles that components make while they run carry the nonce of their page (Griffel puts them into elements of its own). */
const policy = (nonce: string) => pagePolicy({ styles: `'nonce-${nonce}'` })

interface Zipped extends Asset {
  readonly gzipped: Buffer
}

export type SendCenter = (request: FastifyRequest, reply: FastifyReply, status: number) => Promise<FastifyReply>

/**
 * @param folder web/dist; what is built into it after the start is served, too
 * @returns sends the page to a browser that asked for an address which nothing has: it says so, with the way back
 */
export function addAdminCenter(app: FastifyInstance, folder: string, gate: Gate): SendCenter {
  let reading: Promise<Page<Zipped> | null> | undefined
  // Read when somebody asks. What is not there is looked for again.
  const built = async () => (await (reading ??= readBuilt(folder))) ?? ((reading = undefined), null)

  const send: SendCenter = async (request, reply, status) => {
    gate.greet(request.raw)
    const html = (await built())?.html
    const nonce = randomBytes(16).toString('base64url')
    reply.code(html === undefined && status === 200 ? 503 : status)
    return sendPage(reply, html?.replace('{nonce}', nonce) ?? NOT_BUILT, policy(nonce))
  }
  for (const path of PAGES) app.get(path, (request, reply) => send(request, reply, 200))
  // Not counted as requests of strangers: a page has about ten files out of memory, and an office behind one address would
  // soon see blank pages.
  app.get<{ Params: { file: string } }>('/assets/:file', async (request, reply) => {
    const { type, bytes, gzipped } = assetNamed(await built(), request.params.file)
    const takesGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
    reply.headers({ vary: 'accept-encoding', ...(takesGzip && { 'content-encoding': 'gzip' }) })
    return sendAsset(reply, { type, bytes: takesGzip ? gzipped : bytes })
  })
  return send
}

const NOT_BUILT = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Waybill</title></head><body>
<h1>The admin center is not built</h1>
<p>Run <code>npm run build</code> in the folder of Waybill, and load this page again. <code>npm start</code> does it by itself.</p>
<p>The API is there: <a href="/api/v1/docs">its page</a>.</p>
</body></html>
`

async function readBuilt(folder: string): Promise<Page<Zipped> | null> {
  const assets = new Map<string, Zipped>()
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
