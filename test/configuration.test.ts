/** Settings of the process: one declaration, four sources, and every mistake told with its place. */
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { parse } from 'smol-toml'
import { Fault } from '#base/fault.ts'
import { silentLog } from '#base/log.ts'
import { withoutPassword } from '#contract/database-url.ts'
import { SETTINGS, SETTING_NAMES } from '#contract/settings.ts'
import { databaseUrl } from '#server/configuration/database-url.ts'
import { type Asked, loadConfiguration } from '#server/configuration/load-settings.ts'
import { settingsTable } from '#server/configuration/show.ts'
import { openStore } from '#store/open.ts'
import { waybill } from '#test/migrate/run-waybill.ts'

const folder = mkdtempSync(join(tmpdir(), 'waybill-configuration-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
function file(text: string, mode = 0o600): string {
  const path = join(folder, `${files++}.toml`)
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

const load = (text: string, env: NodeJS.ProcessEnv = {}, given: Asked['given'] = {}) =>
  loadConfiguration({ configFile: file(text), given }, env)

function refusal(act: () => unknown): Fault {
  try {
    act()
  } catch (thrown) {
    assert.ok(thrown instanceof Fault && thrown.scope === 'instance' && thrown.remedy !== null, String(thrown))
    return thrown
  }
  return assert.fail('it was not refused')
}

test('a flag goes before the environment, the environment before the file, the file before the default', () => {
  const text = 'concurrency = 1\nlisten = "127.0.0.1:1"\n\npublicUrl = "https://a.example/"\n'
  const { settings, origins } = load(
    text,
    { WAYBILL_CONCURRENCY: '2', WAYBILL_LISTEN: '127.0.0.1:2', WAYBILL_PUBLIC_URL: '' },
    { concurrency: 3 },
  )
  assert.equal(settings.concurrency, 3)
  assert.deepEqual(origins.concurrency, { kind: 'flag', name: '--concurrency' })
  assert.deepEqual(settings.listen, { host: '127.0.0.1', port: 2 })
  assert.deepEqual(origins.listen, { kind: 'environment', name: 'WAYBILL_LISTEN' })
  assert.equal(settings.publicUrl, 'https://a.example')
  assert.deepEqual(
    { ...origins.publicUrl, path: '' },
    { kind: 'file', path: '', line: 4 },
    'a variable set to nothing is not set',
  )
  assert.equal(settings.logLevel, 'info')
  assert.deepEqual(origins.logLevel, { kind: 'default' })
})

test('the data folder is --data, else WAYBILL_DATA, else the file, else the default of the user', () => {
  const text = 'dataFolder = "/c"\n'
  assert.equal(load(text, { WAYBILL_DATA: '/b' }, { dataFolder: '/a' }).settings.dataFolder, '/a')
  assert.equal(load(text, { WAYBILL_DATA: '/b' }).settings.dataFolder, '/b')
  assert.equal(load(text).settings.dataFolder, '/c')
  assert.match(
    load('').settings.dataFolder,
    process.getuid?.() === 0 ? /^\/var\/lib\/waybill$/ : /local\/share\/waybill$/,
  )
})

const MISTAKES: readonly (readonly [text: string, code: string, line: number, says: RegExp])[] = [
  ['# a\npublicURL = "https://a.example"\n', 'SETTING_UNKNOWN', 2, /called publicUrl/],
  ['\n[server]\nlisten = "127.0.0.1:1"\n', 'SETTING_UNKNOWN', 2, /no setting server/],
  ['listen = "localhost"\n', 'SETTING_INVALID', 1, /must be an address and a port/],
  ['listen = 8383\n', 'SETTING_INVALID', 1, /must be a string/],
  ['tcp = "no"\n', 'SETTING_INVALID', 1, /true or false/],
  ['concurrency = 301\n', 'SETTING_INVALID', 1, /0 to 300/],
  ['concurrency = 1.5\n', 'SETTING_INVALID', 1, /0 to 300/],
  ['dataFolder = "data"\n', 'SETTING_INVALID', 1, /whole path/],
  ['publicUrl = "https://u:geheim@a.example"\n', 'SETTING_INVALID', 1, /without log-in/],
  ['hostNames = "a.example"\n', 'SETTING_INVALID', 1, /list of strings/],
  ['\n\ntrustedProxies = ["10.0.0.0/33"]\n', 'SETTING_INVALID', 3, /10\.0\.0\.0\/33/],
  ['maildirRoots = ["mail"]\n', 'SETTING_INVALID', 1, /whole path/],
  ['logLevel = "loud"\n', 'SETTING_INVALID', 1, /debug, info, warn, error/],
  ['tcp = true\ndatabaseUrl = "geheim\n', 'CONFIG_FILE_MALFORMED', 2, /no TOML/],
]
for (const [text, code, line, says] of MISTAKES) {
  test(`a mistake is told with file and line: ${text.trim().split('\n').at(-1)}`, () => {
    const path = file(text)
    const fault = refusal(() => loadConfiguration({ configFile: path, given: {} }, {}))
    assert.equal(fault.code, code)
    assert.ok(fault.message.startsWith(`${path} line ${line}: `), fault.message)
    assert.match(`${fault.message} ${fault.remedy}`, says)
    assert.doesNotMatch(fault.message, /geheim/)
  })
}

test('a bad value in the environment is told with its name', () => {
  const fault = refusal(() => load('', { WAYBILL_TRUSTED_PROXIES: '10.0.0.1, proxy.example' }))
  assert.equal(fault.code, 'SETTING_INVALID')
  assert.match(fault.message, /WAYBILL_TRUSTED_PROXIES "proxy\.example" is neither/)
})

test('a file that was named must be there; the usual one need not', () => {
  const gone = join(folder, 'gone.toml')
  assert.equal(refusal(() => loadConfiguration({ configFile: gone, given: {} }, {})).code, 'CONFIG_FILE_UNREADABLE')
  assert.match(
    refusal(() => loadConfiguration({ configFile: null, given: {} }, { WAYBILL_CONFIG: gone })).message,
    /WAYBILL_CONFIG/,
  )
})

test('certificate and key come together, and a password file needs a database', () => {
  assert.match(refusal(() => load('tlsKey = "/k"\n')).message, /tlsKey is set, and tlsCertificate is not/)
  assert.match(refusal(() => load('databasePasswordFile = "/k"\n')).message, /databaseUrl is not/)
})

test('a password that everybody may read is refused, in the file itself and in one of its own', () => {
  const path = file('databaseUrl = "postgresql://w:geheim@db/w"\n', 0o604)
  const inFile = refusal(() => loadConfiguration({ configFile: path, given: {} }, {}))
  assert.equal(inFile.code, 'SECRET_FILE_EXPOSED')
  chmodSync(path, 0o640)
  assert.ok(loadConfiguration({ configFile: path, given: {} }, {}))
  const url = { databaseUrl: 'postgresql://w@db/w', databasePasswordFile: file('ge:h@im\n', 0o644) }
  assert.equal(refusal(() => databaseUrl(url)).code, 'SECRET_FILE_EXPOSED')
  chmodSync(url.databasePasswordFile, 0o640)
  assert.equal(databaseUrl(url), 'postgresql://w:ge%3Ah%40im@db/w')
  assert.equal(refusal(() => databaseUrl({ ...url, databaseUrl: 'postgresql://db/w' })).code, 'SETTING_INVALID')
})

const HIDDEN: readonly (readonly [string, string])[] = [
  ['postgresql://w@db:5432/w?sslmode=require', 'postgresql://w@db:5432/w?sslmode=require'],
  ['postgresql://db/w', 'postgresql://db/w'],
  ['postgresql://u:ge@heim@127.0.0.1:1/x', 'postgresql://u:***@127.0.0.1:1/x'],
  ['postgresql://u@geheim:x@db/x', 'postgresql://u:***@db/x'],
  ['postgresql://u:geheim@/x?host=/run/pg', 'postgresql://u:***@/x?host=/run/pg'],
  [
    'postgres://u@h/x?sslpassword=geheim&a=b&PassWord=gehe?im&sslkey=/geheim&access_token=geheim&client_secret=geheim',
    'postgres://u@h/x?sslpassword=***&a=b&PassWord=***&sslkey=***&access_token=***&client_secret=***',
  ],
  ['postgres://u@h/x?pass%77ord=geheim', 'postgres://u@h/x?pass%77ord=***'],
  ['postgres://u@h/x?options=-c%20x.password%3Dgeheim', 'postgres://u@h/x?options=***'],
]
const NO_URLS = [
  'host=h user=u password=geheim',
  'postgres:/u:geheim@h/x',
  'mysql://u:geheim@h/x',
  // The parser takes these for a port, and the rest of the password for path, query or fragment.
  'postgresql://u:12/geheim@h/x',
  'postgresql://u:12?geheim@h/x',
  'postgresql://u:12#geheim@h/x',
  'postgresql://u@h/x?password=a#geheim',
  'postgresql://u:geheim@h:port/x',
]

test('no password of a database URL is shown, wherever it stands in it', () => {
  for (const [url, shown] of HIDDEN) assert.equal(withoutPassword(url), shown)
  for (const url of NO_URLS) assert.equal(withoutPassword(url), '***', url)
})

test('what is no URL of PostgreSQL is refused and not repeated, by serve, too', async () => {
  for (const url of NO_URLS) {
    const options = { dataFolder: join(folder, 'data'), databaseUrl: url, log: silentLog }
    await assert.rejects(openStore(options), (fault: Error & { code: string }) => {
      assert.equal(fault.code, 'DATABASE_URL_INVALID', url)
      assert.doesNotMatch(JSON.stringify(fault) + fault.message, /geheim/)
      return true
    })
    const settings = { databaseUrl: url, databasePasswordFile: file('geheim') }
    assert.equal(refusal(() => databaseUrl(settings)).code, 'DATABASE_URL_INVALID', url)
  }
  const env = { DATABASE_URL: 'postgres:/u:geheim@h/x', WAYBILL_CONFIG: file('') }
  const { code, stderr } = await waybill(['serve', '--no-tcp', '--data', join(folder, 'data')], env)
  assert.equal(code, 4, stderr)
  assert.match(stderr, /DATABASE_URL\) is not a URL of PostgreSQL/)
  assert.doesNotMatch(stderr, /geheim/)
})

test('the password of a file takes the place of the one in the URL, whatever signs that has', () => {
  const settings = { databaseUrl: 'postgresql://w:ge@heim@db/w?a=b', databasePasswordFile: file('new') }
  assert.equal(databaseUrl(settings), 'postgresql://w:new@db/w?a=b')
  assert.equal(databaseUrl({ ...settings, databaseUrl: 'postgresql://w@d@db/w' }), 'postgresql://w%40d:new@db/w')
})

test('a file that everybody may read may name files of keys, and nothing that opens them', () => {
  const read = (url: string) => () =>
    loadConfiguration({ configFile: file(`databaseUrl = "${url}"\n`, 0o644), given: {} }, {})
  assert.ok(read('postgresql://w@db/w?sslkey=/etc/waybill/client.key')())
  assert.equal(refusal(read('postgresql://w@db/w?sslpassword=geheim')).code, 'SECRET_FILE_EXPOSED')
})

test('waybill config prints every setting with its value and where it comes from, and no password', async () => {
  const path = file('databaseUrl = "postgresql://w:geheim@db/w?password=geheim"\ntcp = false\n')
  const env = { WAYBILL_CONFIG: path, WAYBILL_LISTEN: '[::1]:90', DATABASE_URL: '', WAYBILL_PUBLICURL: 'x' }
  const { code, stdout, stderr } = await waybill(['config', '--concurrency', '7'], env)
  assert.equal(code, 0, stderr)
  for (const name of SETTING_NAMES) assert.match(stdout, new RegExp(`^${name} `, 'm'))
  assert.match(stdout, /^listen +\[::1\]:90 +environment WAYBILL_LISTEN$/m)
  assert.match(stdout, /^concurrency +7 +--concurrency$/m)
  assert.ok(stdout.includes(`File: ${path}`))
  assert.match(stdout, /^tcp +false +.* line 2$/m)
  assert.match(stdout, /^databaseUrl +postgresql:\/\/w:\*\*\*@db\/w\?password=\*\*\* /m)
  assert.doesNotMatch(stdout, /geheim/)
  assert.match(stderr, /WAYBILL_PUBLICURL is no setting/)
  const json = JSON.parse((await waybill(['config', '--json'], env)).stdout) as {
    settings: { name: string; value: unknown }[]
  }
  assert.deepEqual(
    json.settings.map(({ name }) => name),
    SETTING_NAMES,
  )
  assert.ok(!JSON.stringify(json).includes('geheim'))
})

test('the file that it prints to begin with holds every setting, and is right when the signs are taken away', async () => {
  const { stdout } = await waybill(['config', '--example'])
  assert.deepEqual(parse(stdout), Object.create(null), 'as printed it sets nothing')
  const path = file(stdout.replace(/^#(?=[a-zA-Z]+ = )/gm, ''))
  const { origins } = loadConfiguration({ configFile: path, given: {} }, {})
  for (const name of SETTING_NAMES) assert.equal(origins[name].kind, 'file', name)
})

test('a refused configuration ends serve with 4, and the sentence names file and line', async () => {
  const path = file('tcp = true\nlissten = "127.0.0.1:1"\n')
  const { code, stderr } = await waybill(['serve', '--config', path])
  assert.equal(code, 4)
  assert.ok(stderr.includes(`${path} line 2`), stderr)
})

test('cmdlets find the data folder of the configuration file', async () => {
  const path = file(`dataFolder = "${folder}/nothing-here"\n`)
  const { stderr } = await waybill(['Get-MigrationBatch'], { WAYBILL_CONFIG: path, WAYBILL_DATA: '' })
  assert.ok(stderr.includes(`${folder}/nothing-here`), stderr)
})

test('docs/service.md has the settings as they are declared', () => {
  assert.ok(readFileSync('docs/service.md', 'utf8').includes(settingsTable()), `it should hold:\n${settingsTable()}`)
  assert.ok(Object.values(SETTINGS).every(({ help }) => !help.endsWith('.')))
})
