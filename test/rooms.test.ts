import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

/** architecture.md §2: who may import whom. `server` sees all. */
const allowed: Record<string, readonly string[]> = {
  base: [],
  contract: ['base'],
  csv: ['base'],
  mail: ['base'],
  imap: ['base'],
  providers: ['base', 'imap', 'mail'],
  engine: ['base', 'contract', 'mail'],
  mailbox: ['base', 'contract', 'mail', 'imap', 'providers', 'engine'],
  store: ['base', 'contract', 'engine'],
  jobs: ['base', 'contract', 'store'],
  migration: ['base', 'contract', 'csv', 'engine', 'mailbox', 'providers', 'store', 'jobs'],
  api: ['base', 'contract', 'migration'],
  cli: ['base', 'contract'],
  server: [
    'base',
    'contract',
    'csv',
    'mail',
    'imap',
    'providers',
    'engine',
    'mailbox',
    'store',
    'jobs',
    'migration',
    'api',
    'cli',
  ],
}

/** Rooms that may see only the ports (interfaces) of the engine, never its brain. */
const portsOnly: Record<string, RegExp> = { mailbox: /^#engine\/ports/, store: /^#engine\/ports/ }

/** A third-party package enters in one room. */
const packages: Record<string, readonly string[]> = {
  imapflow: ['imap'],
  pg: ['store', 'jobs'],
  kysely: ['store', 'jobs'],
  'pg-boss': ['jobs'],
  fastify: ['api'],
  zod: ['contract', 'api', 'cli', 'web'],
  'csv-parse': ['csv'],
  'csv-stringify': ['csv'],
  commander: ['cli'],
  'cli-progress': ['cli'],
  'cli-table3': ['cli'],
  pino: ['base'],
  'swagger-ui-dist': ['api'],
  'prom-client': ['server'],
  nodemailer: ['migration'],
  'openid-client': ['migration'],
  'smol-toml': ['server'],
  'pg-copy-streams': ['store'],
  'tar-stream': ['store'],
  react: ['web'],
  'react-dom': ['web'],
  'react-router': ['web'],
  '@fluentui/react-charts': ['web'],
  '@fluentui/react-components': ['web'],
  '@fluentui/react-icons': ['web'],
  '@tanstack/react-query': ['web'],
  vite: ['web'],
  '@vitejs/plugin-react': ['web'],
}

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => ({ file, room: file.split('/')[0]!, text: readFileSync(`src/${file}`, 'utf8') }))

/** Static imports and re-exports at the start of a line, and dynamic ones; words in strings and comments are none. */
const imports = (text: string) =>
  [
    ...text.matchAll(
      /^(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'|^import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm,
    ),
  ].map((m) => (m[1] ?? m[2] ?? m[3])!)

test('a room imports only the rooms on its line', () => {
  const bad: string[] = []
  for (const { file, room, text } of sources) {
    assert.ok(room in allowed, `src/${file}: ${room} is not a room of architecture.md`)
    for (const spec of imports(text)) {
      const other = /^#(\w+)\//.exec(spec)?.[1]
      if (other === undefined || other === room) continue
      if (!allowed[room]!.includes(other)) bad.push(`src/${file}: ${room} may not import ${spec}`)
      const only = other === 'engine' ? portsOnly[room] : undefined
      if (only && !only.test(spec)) bad.push(`src/${file}: ${room} may import only the engine's ports, not ${spec}`)
    }
  }
  assert.deepEqual(bad, [])
})

test('no relative import leaves its room', () => {
  const bad = sources.flatMap(({ file, text }) => {
    const depth = file.split('/').length - 2
    return imports(text)
      .filter((spec) => spec.startsWith('.') && spec.split('/').filter((part) => part === '..').length > depth)
      .map((spec) => `src/${file}: ${spec}`)
  })
  assert.deepEqual(bad, [])
})

test('a third-party package enters in one room', () => {
  const bad: string[] = []
  for (const { file, room, text } of sources) {
    for (const spec of imports(text)) {
      if (/^(node:|#|\.)/.test(spec)) continue
      const name = spec.startsWith('@') ? spec.split('/').slice(0, 2).join('/') : spec.split('/')[0]!
      if (!packages[name]?.includes(room)) bad.push(`src/${file}: ${room} may not import ${name}`)
    }
  }
  assert.deepEqual(bad, [])
})

test('contract and csv are free of node and of packages that do not run in a browser, for it shares them', () => {
  const bad = sources
    .filter(({ room }) => room === 'contract' || room === 'csv')
    .flatMap(({ file, text }) =>
      imports(text)
        .filter(
          (spec) => !['zod', 'csv-parse/sync', 'csv-stringify/sync'].includes(spec) && !/^(\.|#base\/)/.test(spec),
        )
        .map((spec) => `src/${file}: ${spec}`),
    )
  assert.deepEqual(bad, [])
})

test('the admin center imports of ours only contract and csv, and no package that is not its own', () => {
  const files = readdirSync('web/src', { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file))
  assert.ok(files.length > 0)
  const bad = files.flatMap((file) =>
    imports(readFileSync(`web/src/${file}`, 'utf8'))
      .filter((spec) => {
        if (/^(#(?:contract|csv)\/|virtual:routes$)/.test(spec)) return false
        if (spec.startsWith('.'))
          return spec.split('/').filter((part) => part === '..').length >= file.split('/').length
        const name = spec.startsWith('@') ? spec.split('/').slice(0, 2).join('/') : spec.split('/')[0]!
        return !packages[name]?.includes('web')
      })
      .map((spec) => `web/src/${file}: ${spec}`),
  )
  assert.deepEqual(bad, [])
})
