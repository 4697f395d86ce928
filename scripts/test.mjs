/**
 * `npm test [-- [--no-install] [crash] [FILE…] [--test-…]]`: brings the packages and the test servers, then runs the tests.
 * Without FILE: every *.test.ts of src/ and test/; `crash`: the whole crash matrix, test/crash/matrix*.ts.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ensurePackages, root } from './packages.mjs'
import { run } from './run.mjs'
import { ensureServers } from './servers.mjs'

const args = process.argv.slice(2)
const options = args.filter((arg) => arg.startsWith('--') && arg !== '--no-install')
const words = args.filter((arg) => !arg.startsWith('--'))
const crash = words[0] === 'crash'

const list = (folder) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true }).map((name) => `${folder}/${name}`)
    : []
const isMatrix = (file) => /^test\/crash\/matrix[^/]*\.ts$/.test(file)

const all = crash
  ? list('test').filter(isMatrix)
  : [...list('src'), ...list('test')].filter((file) => file.endsWith('.test.ts') && !isMatrix(file))
const named = words.slice(crash ? 1 : 0)
const files = all.filter((file) => named.length === 0 || named.some((word) => file.includes(word))).sort()
if (files.length === 0) {
  console.error(`no test file matches ${named.join(' ') || (crash ? 'test/crash/matrix*.ts' : '*.test.ts')}`)
  process.exit(1)
}

const node = ensurePackages()
const missing = ensureServers({ mayInstall: !args.includes('--no-install') })
const code = await run(
  node,
  // One more than the two cores of CI: files wait for servers that start, and for leases to end.
  ['--test', '--test-concurrency=3', '--test-reporter=spec', ...options, ...files],
  // The tests that need a server skip themselves by looking for it; whether that is fine is decided here alone.
  // Each file is a process of its own, and the types of what it imports are stripped once, not in every one. Functions that
  // come from there are counted less exactly.
  options.some((option) => option.includes('coverage'))
    ? { WAYBILL_TEST_ROOT: root }
    : { WAYBILL_TEST_ROOT: root, NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/waybill/compile') },
)
for (const { name, suites, remedy } of missing) console.log(`not run: ${suites} (no ${name}). To run them: ${remedy}`)
process.exitCode = code
