/** `npm run build`: builds the admin center (web/dist) when it is not there or is older than its sources. */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { ensurePackages, root } from './packages.mjs'
import { run } from './run.mjs'

const web = join(root, 'web')
const dist = join(web, 'dist')

/** By content: a checkout, a copy into an image and a second worktree all change the times of files. */
function stampOfSources() {
  const hash = createHash('sha256')
  const files = [
    'package-lock.json',
    'web/index.html',
    'web/build.ts',
    'web/package.json',
    ...['web/src', 'src/contract', 'src/csv', 'src/base'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true }).map((name) => `${folder}/${name}`),
    ),
  ]
  for (const file of files.sort()) {
    if (!/\.(tsx?|json|html|css|svg)$/.test(file) || file.endsWith('.test.ts')) continue
    hash.update(`${file}\n`).update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}

/** Returns 0, or the exit code of the build. */
export async function ensureWeb(node) {
  const stamp = stampOfSources()
  const stampFile = join(dist, '.sources')
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return 0
  console.log('Building the admin center …')
  const begun = performance.now()
  // Beside it and put in its place when it is whole: a service or a test may be reading the one before.
  const folder = mkdtempSync(join(web, 'dist.new-'))
  const old = `${folder}.old`
  try {
    const code = await run(node, [join(web, 'build.ts'), folder])
    if (code !== 0) return code
    writeFileSync(join(folder, '.sources'), stamp)
    chmodSync(folder, 0o755)
    try {
      if (existsSync(dist)) renameSync(dist, old)
      renameSync(folder, dist)
    } catch (thrown) {
      // Another process has built the same at the same time, and was first.
      if (readFileSync(stampFile, 'utf8') !== stamp) throw thrown
    }
  } finally {
    for (const left of [folder, old]) rmSync(left, { recursive: true, force: true })
  }
  console.log(`The admin center is built (${((performance.now() - begun) / 1000).toFixed(1)} s).`)
  return 0
}

if (process.argv[1]?.endsWith('/web.mjs')) {
  // An installation without the packages of development has what it takes, and shall not get those.
  const isEnough = ['.bin/node', 'vite', 'react'].every((name) => existsSync(join(root, 'node_modules', name)))
  process.exitCode = await ensureWeb(isEnough ? join(root, 'node_modules/.bin/node') : ensurePackages())
}
