/** The pages of the admin center: where they are served, and what a browser may do with them. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { ask, open, temporaryFolder, world } from './api-world.ts'

const HTML =
  '<!doctype html><meta name="style-nonce" content="{nonce}"><script type="module" src="/assets/a-1.js"></script>'

function builtFolder(t: TestContext): string {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), HTML)
  writeFileSync(join(folder, 'assets/a-1.js'), 'let a = 1')
  writeFileSync(join(folder, 'assets/a-1.css'), 'a {}')
  writeFileSync(join(folder, '.sources'), 'x')
  return folder
}

test('every path of a page answers the page, kept by nobody, and nothing is called for it', async (t) => {
  const { url, called } = await world(t, {}, { webFolder: builtFolder(t) })
  for (const path of [
    '/',
    '/migration',
    '/migration/batches',
    '/migration/batches/B%201/users/a@b.c',
    '/settings',
    '/settings/mail',
    '/account/password',
  ]) {
    const page = await ask(url + path)
    assert.deepEqual([page.status, page.headers['content-type']], [200, 'text/html; charset=utf-8'], path)
    assert.equal(page.headers['cache-control'], 'no-store')
    assert.equal(page.headers['x-content-type-options'], 'nosniff')
  }
  assert.deepEqual(called, [])
})

test('its policy lets in scripts and styles of this service, and styles with the nonce of this one answer', async (t) => {
  const { url } = await world(t, {}, { webFolder: builtFolder(t) })
  const nonces = new Set<string>()
  for (const _ of [1, 2]) {
    const page = await ask(url)
    const policy = String(page.headers['content-security-policy'])
    const nonce = /content="([\w-]{22})"/.exec(page.text)?.[1]
    assert.ok(nonce !== undefined, page.text)
    assert.deepEqual(policy.split('; '), [
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'self' 'nonce-${nonce}'`,
      "img-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ])
    nonces.add(nonce)
  }
  assert.equal(nonces.size, 2)
})

test('what is named by its digest is kept for ever and sent compressed to who takes that', async (t) => {
  const { url } = await world(t, {}, { webFolder: builtFolder(t) })
  const script = await ask(`${url}/assets/a-1.js`)
  assert.deepEqual([script.status, script.text], [200, 'let a = 1'])
  assert.match(script.headers['content-type'] ?? '', /^text\/javascript/)
  assert.equal(script.headers['cache-control'], 'public, max-age=31536000, immutable')
  assert.equal(script.headers['x-content-type-options'], 'nosniff')
  assert.match((await ask(`${url}/assets/a-1.css`)).headers['content-type'] ?? '', /^text\/css/)
  const response = await open(`${url}/assets/a-1.js`, { headers: { 'accept-encoding': 'gzip, br' } })
  assert.equal(response.headers['content-encoding'], 'gzip')
  const bytes: Buffer[] = []
  for await (const chunk of response) bytes.push(chunk as Buffer)
  assert.equal(gunzipSync(Buffer.concat(bytes)).toString(), 'let a = 1')
})

test('nothing else of the folder, or outside it, is served', async (t) => {
  const { url } = await world(t, {}, { webFolder: builtFolder(t) })
  for (const path of ['/assets/index.html', '/assets/..%2f.sources', '/assets/..%2findex.html', '/assets/none.js'])
    assert.equal((await ask(url + path)).status, 404, path)
  assert.equal((await ask(`${url}/.sources`)).status, 401)
  assert.equal((await ask(`${url}/nothing`)).status, 401)
})

test('a browser at an address that nothing has gets the page, which says so; a program gets the problem', async (t) => {
  const { url } = await world(t, {}, { webFolder: builtFolder(t) })
  const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
  const page = await ask(`${url}/nothing`, { headers })
  assert.deepEqual([page.status, page.headers['content-type']], [404, 'text/html; charset=utf-8'])
  assert.match(String(page.headers['content-security-policy']), /'nonce-/)
  const halfTyped = await ask(`${url}/migration/batches/100%`, { headers })
  assert.deepEqual([halfTyped.status, halfTyped.headers['content-type']], [404, 'text/html; charset=utf-8'])
  for (const name of ['x-content-type-options', 'referrer-policy'])
    assert.equal(halfTyped.headers[name], page.headers[name], name)
  assert.equal((await ask(`${url}/api/v1/batches/100%`, { headers })).status, 400)
  assert.equal((await ask(`${url}/migration/100%`, { headers: { ...headers, host: 'evil.example' } })).status, 421)
  assert.equal((await ask(`${url}/migration/batches/100%`)).status, 400)
  assert.equal((await ask(`${url}/api/v1/nothing`, { headers })).status, 401)
  assert.equal((await ask(`${url}/nothing`, { headers, method: 'POST' })).status, 401)
})

test('a page asked for by another name than the service has is refused', async (t) => {
  const { url } = await world(t, {}, { webFolder: builtFolder(t) })
  for (const path of ['/', '/assets/a-1.js'])
    assert.equal((await ask(url + path, { headers: { host: 'evil.example' } })).status, 421)
})

test('the files of a page do not count as requests of strangers: many browsers behind one address see it', async (t) => {
  const { url } = await world(t, {}, { webFolder: builtFolder(t), limits: { strangersPerMinute: 2 } })
  for (let time = 0; time < 8; time++) assert.equal((await ask(`${url}/assets/a-1.js`)).status, 200)
  for (const status of [200, 200, 429]) assert.equal((await ask(`${url}/`)).status, status)
})

test('before it is built, the page says which command does it, and is there without a new start', async (t) => {
  const folder = temporaryFolder(t)
  const { url } = await world(t, {}, { webFolder: folder })
  const before = await ask(`${url}/migration/batches`)
  assert.equal(before.status, 503)
  assert.match(before.text, /npm run build/)
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), HTML)
  assert.equal((await ask(url)).status, 200)
})

test('over the socket there is none: it is for browsers', async (t) => {
  const socketPath = `${temporaryFolder(t)}/api.sock`
  await world(t, {}, { socketPath, listen: null, webFolder: builtFolder(t) })
  assert.equal((await ask('http://waybill/', { socketPath })).status, 404)
})
