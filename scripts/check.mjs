/** `npm run check`: types, lint, format, the rooms, the sizes of files. Runs all of them and says which failed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensurePackages, root } from './packages.mjs'
import { run } from './run.mjs'

const maxLines = 350
/** A file of tests is a list of promises, read one by one. */
const maxTestLines = 900

/** Files above the limit, each with the reason why splitting it would make it harder to read. */
const longFiles = {
  'src/imap/fetch-bodies.ts':
    'one FETCH and its state: bodies before UIDs, after them, twice, broken off; its parts share every field',
  'web/src/words/en.ts': 'a language is one file, which a translator reads from top to bottom',
  'web/src/words/fr.ts': 'a language is one file, which a translator reads from top to bottom',
}

const folders = ['src', 'test', 'bench', 'scripts', 'web'].filter((folder) => existsSync(join(root, folder)))

function sizes() {
  const bad = []
  for (const folder of folders) {
    for (const name of readdirSync(join(root, folder), { recursive: true })) {
      const file = `${folder}/${name}`
      if (!/\.(tsx?|mjs|css)$/.test(file) || file.startsWith('web/dist')) continue
      const lines = readFileSync(join(root, file), 'utf8').split('\n').length - 1
      const limit = /^test\/|\.test\.ts$/.test(file) ? maxTestLines : maxLines
      if (lines > limit && longFiles[file] === undefined) bad.push(`${file}: ${lines} lines, the limit is ${limit}`)
    }
  }
  for (const file of Object.keys(longFiles))
    if (!existsSync(join(root, file))) bad.push(`${file} is allowed to be long but is not there`)
  for (const line of bad) console.error(line)
  return bad.length === 0 ? 0 : 1
}

const node = ensurePackages()
const bin = (name) => join(root, 'node_modules/.bin', name)
/** @type {[string, () => number | Promise<number>][]} */
const steps = [
  ['types', () => run(node, [bin('tsc')])],
  ['types of web', () => run(node, [bin('tsc'), '-p', 'web'])],
  ['lint', () => run(node, [bin('oxlint'), '--type-aware', '--deny-warnings', ...folders])],
  ['format', () => run(node, [bin('oxfmt'), '--check', ...folders])],
  ['rooms', () => run(node, ['--test', '--test-reporter=spec', 'test/rooms.test.ts'])],
  ['file sizes', sizes],
]

const failed = []
for (const [name, step] of steps) {
  console.log(`— ${name}`)
  if ((await step()) !== 0) failed.push(name)
}
console.log(failed.length === 0 ? 'check: all well' : `check: failed: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
