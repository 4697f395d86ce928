/**
 * Installs the npm packages of this clone when they are not what package-lock.json says, and finds the pinned Node.
 * Runs under the Node that is outside (20 or newer), before any package is there: imports only what Node brings.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stampFile = join(root, 'node_modules/.cache/waybill/packages.stamp')
const hiddenLockfile = join(root, 'node_modules/.package-lock.json')
const pinnedNode = join(root, 'node_modules/.bin/node')

/** Returns the path of the pinned Node, installing first if that was needed; leaves the process with 4 when it fails. */
export function ensurePackages() {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')
  const stamp = createHash('sha256').update(`${process.platform} ${process.arch}\n${lock}`).digest('hex')
  if (existsSync(pinnedNode) && readIfThere(stampFile) === stamp) return pinnedNode
  if (!isInstalled(JSON.parse(lock))) install(JSON.parse(lock))
  mkdirSync(dirname(stampFile), { recursive: true })
  // Anew, not in place: another clone may have the same file by a hard link.
  rmSync(stampFile, { force: true })
  writeFileSync(stampFile, stamp)
  return pinnedNode
}

/** Somebody's own `npm ci` or `npm install` left no stamp of ours: npm's hidden lockfile tells what is there. */
function isInstalled(lock) {
  const hidden = readIfThere(hiddenLockfile)
  if (hidden === null || !existsSync(pinnedNode)) return false
  const there = JSON.parse(hidden).packages ?? {}
  const wanted = Object.entries(lock.packages).filter(([path]) => path.includes('node_modules/'))
  // npm leaves out what only a left-out package asks for, such as the WebAssembly parts of a native program.
  const asked = new Set(
    Object.keys(there).flatMap((path) => {
      const { dependencies, optionalDependencies } = lock.packages[path] ?? {}
      return Object.keys({ ...dependencies, ...optionalDependencies })
    }),
  )
  const mayLack = ([path, entry]) =>
    entry.optional === true && (!isForThisMachine(entry) || !asked.has(path.replace(/^.*node_modules\//, '')))
  return (
    Object.keys(there).every((path) => lock.packages[path] !== undefined) &&
    wanted.every(([path, entry]) =>
      there[path] === undefined ? mayLack([path, entry]) : there[path].version === entry.version,
    )
  )
}

const isForThisMachine = (entry) =>
  (entry.os === undefined || entry.os.includes(process.platform)) &&
  (entry.cpu === undefined || entry.cpu.includes(process.arch)) &&
  (entry.libc === undefined || entry.libc.includes('glibc'))

/**
 * `npm install --no-save` holds to package-lock.json with its integrities, and afterwards we check that it did. `npm ci`
 * would refuse the lockfile where a registry lacks the optional packages of platforms that are not ours.
 */
function install(lock) {
  console.log('Installing the npm packages of package-lock.json…')
  // npm writes it in place, which another clone may have by a hard link, too; without it, it looks what is there.
  rmSync(hiddenLockfile, { force: true })
  // npm names itself and its Node; the Node in PATH may be the pinned one, which is about to be replaced.
  const { npm_execpath: npm, npm_node_execpath: node } = process.env
  const command = npm === undefined ? ['npm'] : [node ?? process.execPath, npm]
  const options = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const run = spawnSync(
    command[0],
    [...command.slice(1), 'install', ...options, '--include=dev', '--include=optional'],
    {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 26,
    },
  )
  if (run.status === 0 && isInstalled(lock)) return
  console.error(run.error?.message ?? `${run.stdout}${run.stderr}`.trim())
  console.error(
    run.status === 0
      ? `npm brought other packages than package-lock.json names, or no Node for ${process.platform}-${process.arch}: Linux on x64 or arm64 is what Waybill runs on. Remove node_modules and run the same command again.`
      : `npm install failed in ${root}; the reason is above. Check that the npm registry can be reached and the disk is not full, then run the same command again.`,
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
