/** The command line: what is asked becomes a request, and what is wrong is refused with what would be right. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Fault } from '#base/fault.ts'
import { buildProgram, CommanderError, InvalidArgumentError } from '#cli/program.ts'
import type { MigrateRequest } from '#contract/migrate.ts'
import type { VerifyRequest } from '#contract/verify.ts'

const SOURCE = ['--source', 'imaps://old.example']
const TARGET = ['--target', 'maildir:/srv/mail']

interface Said {
  readonly asked: (MigrateRequest | VerifyRequest)[]
  readonly refusal: string
}

async function say(...args: readonly string[]): Promise<Said> {
  const asked: (MigrateRequest | VerifyRequest)[] = []
  let printed = ''
  const program = buildProgram({
    migrate: async (request) => void asked.push(request),
    verify: async (request) => void asked.push(request),
    serve: async () => {},
    worker: async () => {},
    config: async () => {},
    csvTemplate: async () => {},
    csvSplit: async () => {},
    csvCheck: async () => {},
  })
  const silence = (command: typeof program) => {
    command.configureOutput({ writeErr: (text) => (printed += text), writeOut: (text) => (printed += text) })
    for (const sub of command.commands) silence(sub)
  }
  silence(program)
  try {
    await program.parseAsync(['node', 'waybill', ...args])
    return { asked, refusal: '' }
  } catch (thrown) {
    if (thrown instanceof Fault || thrown instanceof InvalidArgumentError) return { asked, refusal: thrown.message }
    assert.ok(thrown instanceof CommanderError, String(thrown))
    return { asked, refusal: printed }
  }
}

async function migrateRequest(...args: readonly string[]): Promise<MigrateRequest> {
  const { asked, refusal } = await say('migrate', ...args)
  const [request] = asked
  assert.ok(request && 'csvPath' in request, refusal)
  return request
}

suite('waybill migrate', () => {
  test('without options asks for what the manual says', async () => {
    assert.deepEqual(await migrateRequest('users.csv', ...SOURCE, ...TARGET), {
      csvPath: 'users.csv',
      source: {
        kind: 'imap',
        host: 'old.example',
        port: 993,
        security: 'ssl',
        acceptUntrustedCertificates: false,
        allowClearText: false,
      },
      target: { kind: 'maildir', root: '/srv/mail' },
      targetLogin: null,
      targetAdmin: null,
      targetPasswordFile: null,
      allowUnknownColumns: false,
      dryRun: false,
      excludeFolders: [],
      maxMessageBytes: 35 * 1_048_576,
      maxItems: 500_000,
      concurrency: 4,
      verify: 'sample',
      reportFolder: null,
      configFile: null,
      given: {},
    })
  })

  const endpoints: readonly (readonly [url: string, security: string[], host: string, port: number, how: string])[] = [
    ['imap://h', [], 'h', 143, 'tls'],
    ['imaps://h:1993', [], 'h', 1993, 'ssl'],
    ['imap://h', ['--source-security', 'none'], 'h', 143, 'none'],
    ['imap://h', ['--source-security', 'ssl'], 'h', 993, 'ssl'],
    ['imaps://[::1]:993/', [], '::1', 993, 'ssl'],
  ]
  for (const [url, security, host, port, how] of endpoints) {
    test(`${[url, ...security].join(' ')} is ${host}, port ${port}, ${how}`, async () => {
      const { source } = await migrateRequest('u.csv', '--source', url, ...security, ...TARGET)
      assert.deepEqual([source.host, source.port, source.security], [host, port, how])
    })
  }

  test('certificates may be accepted on one side alone, and folders excluded many times', async () => {
    const request = await migrateRequest(
      'u.csv',
      ...SOURCE,
      '--target',
      'imaps://new.example',
      '--target-accept-untrusted-certificates',
      '--exclude-folder',
      'Junk',
      '--exclude-folder',
      'Old/*',
      '--max-message-size',
      '512kB',
    )
    assert.equal(request.source.acceptUntrustedCertificates, false)
    assert.ok(request.target.kind === 'imap' && request.target.acceptUntrustedCertificates)
    assert.deepEqual(request.excludeFolders, ['Junk', 'Old/*'])
    assert.equal(request.maxMessageBytes, 512 * 1024)
  })

  const refusals: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [[], /needs the CSV file of the users, --source and --target\./],
    [['u.csv', ...TARGET], /needs --source\./],
    [['u.csv', ...SOURCE, ...TARGET, '--dryrun'], /unknown option '--dryrun'\n\(Did you mean --dry-run\?\)/],
    [['u.csv', '--source', 'imap.old.example', ...TARGET], /--source imap\.old\.example: give an address such as/],
    [['u.csv', '--source', 'pop3://h', ...TARGET], /--source pop3:\/\/h: give an address such as/],
    [['u.csv', '--source', 'imap://h/INBOX', ...TARGET], /nothing may follow the host and port/],
    [['u.csv', ...SOURCE, '--target', 'maildir:mail'], /give a whole path/],
    [['u.csv', ...SOURCE, ...TARGET, '--target-login', '{user}'], /A Maildir target has no log-in/],
    [['u.csv', ...SOURCE, '--target', 'imaps://n', '--target-login', '{user}'], /needs --target-password-file/],
    [['u.csv', ...SOURCE, '--target', 'imaps://n', '--target-admin', 'a'], /need --target-login/],
    [['u.csv', ...SOURCE, ...TARGET, '--max-message-size', '0'], /Give a size such as 35MB/],
    [['u.csv', ...SOURCE, ...TARGET, '--max-items', '-1'], /Give a whole number from 1 on/],
    [['u.csv', ...SOURCE, ...TARGET, '--verify', 'some'], /Allowed choices are none, sample, full/],
    [['u.csv', ...SOURCE, ...TARGET, '--source-security', 'starttls'], /Allowed choices are none, ssl, tls/],
    [['u.csv', 'v.csv', ...SOURCE, ...TARGET], /too many arguments/],
  ]
  for (const [args, says] of refusals) {
    test(`refuses ${args.slice(-2).join(' ') || 'nothing'}: ${says.source.slice(0, 50)}`, async () => {
      const { asked, refusal } = await say('migrate', ...args)
      assert.match(refusal, says)
      assert.deepEqual(asked, [])
    })
  }

  test('a password in a URL is refused and not said again', async () => {
    for (const url of [
      'imaps://joe:hunter2@h',
      'imaps://joe:hunter2@',
      'imap://joe:hunter2@h/x',
      'pop3://joe:hunter2@h',
    ]) {
      for (const args of [
        ['--source', url, ...TARGET],
        [...SOURCE, '--target', url],
      ]) {
        const { asked, refusal } = await say('migrate', 'u.csv', ...args)
        assert.notEqual(refusal, '', url)
        assert.doesNotMatch(refusal, /hunter2/)
        assert.deepEqual(asked, [])
      }
    }
  })
})

test('waybill verify needs a password file to read messages back from IMAP', async () => {
  const { refusal } = await say('verify', 'x.waybill.jsonl', '--against', 'imaps://new.example')
  assert.match(refusal, /needs --password-file/)
  const { asked } = await say('verify', 'x.waybill.jsonl', '--against', 'maildir:/srv/mail', '--every', '10')
  assert.ok(asked[0] && 'every' in asked[0] && asked[0].every === 10)
})

test('waybill --version says version and Node', async () => {
  assert.match((await say('--version')).refusal, /^waybill \d+\.\d+\.\d+ \(Node 24\.\d+\.\d+\)\n$/)
})

test('the help of each command is wrapped to the terminal', async () => {
  for (const args of [
    ['--help'],
    ['migrate', '--help'],
    ['verify', '--help'],
    ['csv', '--help'],
    ['csv', 'split', '--help'],
  ]) {
    const { refusal } = await say(...args)
    const wide = refusal.split('\n').filter((line) => line.length > 112)
    assert.deepEqual(wide, [], args.join(' '))
  }
})
