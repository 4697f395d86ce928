/**
 * The mail and database servers, and the browser, that the tests run their own instances of, from Debian's or Ubuntu's
 * packages. Dovecot is installed; PostgreSQL, Cyrus, Courier, chasquid and Chromium are only unpacked into a cache folder:
 * the mail servers' packages exclude each other, and unpacking leaves nothing behind in the system. The instances are
 * test/servers/*.ts.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './packages.mjs'

const isRoot = process.getuid() === 0
/** Root's instances run as another uid, which cannot look into a clone in a 0700 folder. */
const cache = isRoot ? '/var/cache/waybill-test' : join(root, 'node_modules/.cache/waybill/servers')
const caches = ['/var/cache/waybill-test', cache]

/** `own`: what we take of the packages that apt names; libraries come along by themselves. `probe`: what must then start. */
const unpacked = [
  {
    name: 'postgres',
    package: 'postgresql',
    own: /^postgresql(-client)?-\d+$/,
    probe: /\/bin\/(postgres|psql|initdb)$/,
    suites: 'DATABASE_URL',
  },
  {
    name: 'cyrus',
    package: 'cyrus-imapd',
    own: /^cyrus-(imapd|common)$/,
    probe: /\/cyrus\/bin\/(master|imapd|ctl_cyrusdb)$/,
    suites: 'Cyrus',
  },
  {
    name: 'courier',
    package: 'courier-imap',
    own: /^courier-(imap|base|authlib)$/,
    probe: /\/usr\/bin\/imapd$/,
    suites: 'Courier',
  },
  {
    name: 'chromium',
    package: 'chromium-headless-shell',
    own: /^chromium-(common|headless-shell)$/,
    probe: /\/lib\/chromium\/chromium-headless-shell$/,
    suites: 'a browser',
  },
  {
    name: 'chasquid',
    package: 'chasquid',
    own: /^chasquid$/,
    probe: /\/usr\/bin\/chasquid(-util)?$/,
    suites: 'an SMTP server',
  },
]

/** Returns the servers that are not there, each as {name, suites, remedy}; installs them first where that is possible and allowed. */
export function ensureServers({ mayInstall }) {
  if (mayInstall && absent().length > 0 && existsSync('/usr/bin/apt-get')) install(absent())
  return absent().map(({ name, suites }) => ({
    name,
    suites: `tests with ${suites}`,
    remedy: existsSync('/usr/bin/apt-get') ? remedyFor(name) : 'npm test as root on Debian 12 or Ubuntu',
  }))
}

function remedyFor(name) {
  if (name === 'dovecot') return 'sudo apt-get install --no-install-recommends dovecot-imapd'
  return isRoot
    ? 'npm test without --no-install'
    : 'sudo apt-get update, then npm test without --no-install (it unpacks, and installs nothing)'
}

function absent() {
  const list =
    existsSync('/usr/sbin/dovecot') && existsSync('/usr/lib/dovecot/imap')
      ? []
      : [{ name: 'dovecot', suites: 'Dovecot' }]
  for (const server of unpacked) {
    if (caches.some((folder) => existsSync(join(folder, server.name, '.complete')))) continue
    if (server.name === 'postgres' && hasInstalledPostgres()) continue
    if (server.name === 'chromium' && existsSync('/usr/bin/chromium')) continue
    list.push(server)
  }
  return list
}

function hasInstalledPostgres() {
  const folder = '/usr/lib/postgresql'
  return (
    existsSync(folder) && readdirSync(folder).some((v) => Number(v) >= 15 && existsSync(`${folder}/${v}/bin/postgres`))
  )
}

const stay = () => {}

function install(servers) {
  const doable = servers.filter((server) => isRoot || server.name !== 'dovecot')
  if (doable.length === 0) return
  const names = doable.filter((server) => server.name !== 'dovecot').map((server) => server.name)
  const acts = [
    ...(doable.length > names.length ? ['installing dovecot-imapd with apt, its service kept from starting'] : []),
    ...(names.length > 0 ? [`unpacking ${names.join(', ')} from apt's packages into ${cache} (not installed)`] : []),
  ]
  console.log(`Test servers: ${acts.join('; ')}. --no-install forbids it.`)
  // Ctrl-C ends apt, and with a listener here it does not end us before we have cleaned up.
  process.on('SIGINT', stay).on('SIGTERM', stay)
  if (isRoot) apt('apt-get', ['update'])
  for (const server of doable) {
    const words = server.name === 'dovecot' ? installDovecot() : unpack(server)
    if (words !== null) console.error(`Test servers: ${server.name} could not be had: ${words}`)
  }
  process.off('SIGINT', stay).off('SIGTERM', stay)
}

/** Returns null, or why not. */
function installDovecot() {
  const plan = simulate('dovecot-imapd')
  if (plan === null) return 'apt knows no package dovecot-imapd that can be installed here'
  if (plan.removed.length > 0) return `apt would remove ${plan.removed.join(', ')}, which is not ours to decide`
  // Debian's own switch: exit 101 denies every start of a service while packages are configured.
  const policy = '/usr/sbin/policy-rc.d'
  const ours = !existsSync(policy)
  if (ours) {
    writeFileSync(policy, '#!/bin/sh\nexit 101\n', { flag: 'wx' })
    chmodSync(policy, 0o755)
  }
  try {
    const run = apt('apt-get', [
      'install',
      '-y',
      '-q',
      '--no-install-recommends',
      '-o',
      'DPkg::Lock::Timeout=300',
      'dovecot-imapd',
    ])
    return run.status === 0 ? null : lastLines(run)
  } finally {
    if (ours) rmSync(policy)
  }
}

/** Downloads the packages and the libraries that this system lacks, and unpacks them into `<cache>/<name>`. Returns null, or why not. */
function unpack(server) {
  const plan = simulate(server.package)
  if (plan === null) return `apt knows no package ${server.package} that fits here`
  const wanted = plan.added.filter(
    (name) => server.own.test(name) || (name.startsWith('lib') && !/-(dev|perl|data|bin)$/.test(name)),
  )
  mkdirSync(cache, { recursive: true, mode: 0o755 })
  const folder = mkdtempSync(join(cache, `${server.name}-`))
  try {
    chmodSync(folder, 0o755)
    // Without its sandbox user apt can write into a folder that only we may enter.
    const got = apt('apt-get', ['download', '-q', '-o', 'APT::Sandbox::User=root', ...wanted], { cwd: folder })
    if (got.status !== 0) return lastLines(got)
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
      const run = apt('dpkg', ['-x', join(folder, file), folder])
      if (run.status !== 0) return lastLines(run)
      rmSync(join(folder, file))
    }
    const lacking = lackingLibraries(folder, server.probe)
    if (lacking !== null) return lacking
    writeFileSync(join(folder, '.complete'), `${wanted.join('\n')}\n`)
    rmSync(join(cache, server.name), { recursive: true, force: true })
    renameSync(folder, join(cache, server.name))
    return null
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function lackingLibraries(folder, probe) {
  const programs = readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((name) => probe.test(name))
  if (programs.length === 0) return 'its packages hold no such program'
  const libraries = readdirSync(folder, { recursive: true }).filter((name) => /\.so(\.\d+)*$/.test(name))
  const paths = [...new Set(libraries.map((name) => join(folder, name, '..')))]
  for (const program of programs) {
    const run = spawnSync('ldd', [program], {
      encoding: 'utf8',
      env: { ...process.env, LD_LIBRARY_PATH: paths.join(':') },
    })
    const missing = [...`${run.stdout}`.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1])
    if (missing.length > 0) return `the libraries ${missing.join(', ')} are missing`
  }
  return null
}

/** What `apt-get install` would add (what is there in an older version does not count) and remove; null when it cannot. */
function simulate(name) {
  const run = apt('apt-get', ['install', '-s', '--no-install-recommends', name])
  if (run.status !== 0) return null
  const lines = run.stdout.split('\n')
  const pick = (pattern) => lines.map((line) => pattern.exec(line)?.[1]).filter((found) => found !== undefined)
  return { added: pick(/^Inst (\S+) \(/), removed: pick(/^Remv (\S+)/) }
}

function apt(command, args, options = {}) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' }
  return spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 26,
    env,
    ...options,
  })
}

const lastLines = (run) => run.error?.message ?? `${run.stderr}${run.stdout}`.trim().split('\n').slice(-3).join(' / ')
