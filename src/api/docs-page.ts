/**
 * GET /api/v1/docs: the OpenAPI document to browse and to try out (Swagger UI). Everything comes from here: the page names
 * its files by their digests, so that they are kept for ever, and its Content-Security-Policy lets nothing else in. It
 * tells nothing by itself: the document is asked for by the page, and given to who may look (scope view), as to anybody.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import type { Gate } from './gate.ts'
import { type Asset, type Page, assetNamed, pagePolicy, sendAsset, sendPage } from './serve-page.ts'

const OURS = join(import.meta.dirname, 'docs-page')
const SWAGGER = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')))

const FILES = [
  ['swagger-ui.css', SWAGGER, 'text/css; charset=utf-8'],
  ['page.css', OURS, 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', SWAGGER, 'text/javascript; charset=utf-8'],
  ['page.js', OURS, 'text/javascript; charset=utf-8'],
  ['favicon-32x32.png', SWAGGER, 'image/png'],
] as const

/** Swagger UI draws its arrows from `data:` URLs within its style sheet. */
const POLICY = pagePolicy({ images: 'data:' })

export function addDocsPage(app: FastifyInstance, url: string, gate: Gate): void {
  let reading: Promise<Page> | undefined
  // Read when somebody asks: 2 MB that most services never need.
  const page = () => (reading ??= readPage(url.slice(url.lastIndexOf('/') + 1)))

  app.get(url, async (request, reply) => {
    gate.greet(request.raw)
    return sendPage(reply, (await page()).html, POLICY)
  })
  // Its files are named from the page's own folder; relative, for a proxy may have put a path before ours.
  app.get(`${url}/`, async (_request, reply) =>
    reply
      .code(308)
      .header('location', `../${url.split('/').at(-1)}`)
      .send(),
  )
  app.get<{ Params: { file: string } }>(`${url}/:file`, async (request, reply) => {
    gate.greet(request.raw)
    return sendAsset(reply, assetNamed(await page(), request.params.file))
  })
}

async function readPage(folder: string): Promise<Page> {
  const assets = new Map<string, Asset>()
  let html = await readFile(join(OURS, 'page.html'), 'utf8')
  for (const [name, where, type] of FILES) {
    const bytes = await readFile(join(where, name))
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
    const named = name.replace(/(?=\.\w+$)/, `.${digest}`)
    assets.set(named, { type, bytes })
    html = html.replace(`{${name}}`, `${folder}/${named}`)
  }
  return { html, assets }
}
