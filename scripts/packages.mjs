/**
 * Installs the npm packages of this clone when they are not what package-lock.json says, and finds the pinned Node.
 * Runs under the Node that is outside (20 or newer), before any package is there: imports only what Node brings.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stampFile = join(root, 'node_modules/.cache/waybill/packages.stamp')
const pinnedNode = join(root, 'node_modules/.bin/node')

/** Returns the path of the pinned Node, after `npm ci` if that was needed; leaves the process with 4 when it fails. */
export function ensurePackages() {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')
  const stamp = createHash('sha256').update(`${process.platform} ${process.arch}\n${lock}`).digest('hex')
  if (existsSync(pinnedNode) && readIfThere(stampFile) === stamp) return pinnedNode
  if (!isInstalled(JSON.parse(lock))) npmCi()
  mkdirSync(dirname(stampFile), { recursive: true })
  writeFileSync(stampFile, stamp)
  return pinnedNode
}

/** Somebody's own `npm ci` or `npm install` left no stamp of ours: npm's hidden lockfile tells what is there. */
function isInstalled(lock) {
  const hidden = readIfThere(join(root, 'node_modules/.package-lock.json'))
  if (hidden === null || !existsSync(pinnedNode)) return false
  const there = JSON.parse(hidden).packages ?? {}
  const wanted = Object.entries(lock.packages).filter(([path]) => path.startsWith('node_modules/'))
  return (
    Object.keys(there).every((path) => lock.packages[path] !== undefined) &&
    wanted.every(([path, entry]) =>
      there[path] === undefined
        ? entry.optional === true && !isForThisMachine(entry)
        : there[path].version === entry.version,
    )
  )
}

const isForThisMachine = (entry) =>
  (entry.os === undefined || entry.os.includes(process.platform)) &&
  (entry.cpu === undefined || entry.cpu.includes(process.arch)) &&
  (entry.libc === undefined || entry.libc.includes('glibc'))

function npmCi() {
  console.log('Installing the npm packages of package-lock.json (npm ci)…')
  // npm names itself and its Node; the Node in PATH may be the pinned one, which npm ci is about to delete.
  const { npm_execpath: npm, npm_node_execpath: node } = process.env
  const command = npm === undefined ? ['npm'] : [node ?? process.execPath, npm]
  const args = [
    'ci',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--include=dev',
    '--include=optional',
  ]
  const run = spawnSync(command[0], [...command.slice(1), ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (run.status === 0 && existsSync(pinnedNode)) return
  const words = run.error?.message ?? `${run.stdout}${run.stderr}`.trim()
  console.error(words)
  console.error(
    run.status === 0
      ? `npm ci ran, but brought no Node for ${process.platform}-${process.arch}: Linux on x64 or arm64 is what Waybill runs on.`
      : `npm ci failed in ${root}; the reason is above. Check that the npm registry can be reached and the disk is not full, then run the same command again.`,
  )
  process.exit(4)
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
