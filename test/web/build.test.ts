/** What the build weighs, and that every language says everything. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { en } from '../../web/src/words/en.ts'
import { build, dist } from './center.ts'

interface Chunk {
  readonly file: string
  readonly isEntry?: boolean
  readonly isDynamicEntry?: boolean
  readonly imports?: readonly string[]
}

const MOST_KB = 300
/** Browsers ask one server for six files at a time. */
const MOST_FILES = 12

/** What is loaded with it, itself too. */
function filesOf(manifest: Readonly<Record<string, Chunk>>, name: string, known = new Set<string>()): Set<string> {
  if (known.has(name)) return known
  known.add(name)
  for (const one of manifest[name]!.imports ?? []) filesOf(manifest, one, known)
  return known
}

test(`sign-in and batch list load at most ${MOST_KB} kB of compressed script; wizard and details come when they are wanted`, async () => {
  await build()
  const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>
  const loaded = filesOf(manifest, 'index.html')
  const bytes = [...loaded]
    .map((name) => gzipSync(readFileSync(join(dist, manifest[name]!.file)), { level: 9 }).length)
    .reduce((sum, one) => sum + one, 0)
  assert.ok(bytes > 50_000, `${bytes}`)
  assert.ok(bytes <= MOST_KB * 1000, `${Math.round(bytes / 1000)} kB`)
  for (const name of [
    'src/pages/dashboard.tsx',
    'src/pages/dashboard/charts.tsx',
    'src/pages/new-batch.tsx',
    'src/pages/batch-pane.tsx',
    'src/forms/batch-form.tsx',
    'src/pages/users/user-pane.tsx',
    'src/words/fr.ts',
  ]) {
    assert.equal(manifest[name]?.isDynamicEntry, true, name)
    assert.equal(loaded.has(name), false, name)
  }
  for (const [name, { isDynamicEntry }] of Object.entries(manifest))
    if (isDynamicEntry) assert.ok(filesOf(manifest, name).size <= MOST_FILES, `${name} is in too many files`)
  // The checker of CSV files is a script of its own, which a worker runs.
  const checkers = readdirSync(join(dist, 'assets')).filter((name) => /^worker-.*\.js$/.test(name))
  assert.equal(checkers.length, 1)
  assert.match(readFileSync(join(dist, 'assets', checkers[0]!), 'utf8'), /EmailAddress/)
})

/** Names with their kinds: a text, or what takes so many values. */
const shape = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shape(one)]))
    : typeof value === 'function'
      ? `takes ${value.length}`
      : typeof value

const words = join(import.meta.dirname, '../../web/src/words')
const others = readdirSync(words).filter((name) => /^..(?:-..)?\.ts$/.test(name) && name !== 'en.ts')

test('every other language says everything that English does, and leaves nothing empty', async () => {
  assert.ok(others.includes('fr.ts'))
  const empty = (value: unknown): boolean =>
    typeof value === 'object' && value !== null ? Object.values(value).some(empty) : value === ''
  assert.equal(empty(en), false)
  for (const file of others) {
    const other = ((await import(join(words, file))) as { default: unknown }).default
    // What the service says may be translated in part (said.ts); all else is.
    const { said: _, ...all } = other as typeof en
    assert.deepEqual({ ...(shape(all) as object), said: shape(en.said) }, shape(en), file)
    assert.equal(empty(other), false, file)
  }
})
