/** Every failure that a person may meet: its exit code, its sentence, its remedy; and the others go on. */
import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { after, before, suite, test } from 'node:test'
import { startedBefore } from '#test/data-folder.ts'
import { type DovecotServer, dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { fill } from '#test/worlds/fill.ts'
import { everydayMessages, folder, message } from '#test/worlds/messages.ts'
import { readMaildir } from '#test/worlds/maildir-files.ts'
import { resultOf, startWaybill, temporaryFolder, waybill, writeCsv } from './run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'

const ALICE = ['alice@x.example', 'alice@x.example', 'pass of alice']
const BOB = ['bob@x.example', 'bob@x.example', 'not the pass of bob']
/** Retries are real, their waits are not. */
const HASTE = { WAYBILL_TUNING: JSON.stringify({ retryMs: 10 }) }

suite('migrate says what is wrong', { skip: dovecotMissing(), timeout: 180_000 }, () => {
  const at = temporaryFolder('errors')
  const path = (name: string) => join(at, name)
  const write = (name: string, content: string | Buffer, mode = 0o600) => {
    writeFileSync(path(name), content)
    chmodSync(path(name), mode)
    return path(name)
  }
  let dovecot: DovecotServer
  let csv = ''
  const source = () => ['--source', `imap://127.0.0.1:${dovecot.port}`, '--source-security', 'none']
  const toMaildir = ['--target', `maildir:${path('mail')}`, '--data', path('data')]
  const toImap = (file: string) => [
    ...['--target', `imap://127.0.0.1:${dovecot.port}`, '--target-security', 'none', '--data', path('data')].flat(),
    ...['--target-login', '{user}*{admin}', '--target-admin', 'migrator', '--target-password-file', file].flat(),
  ]

  before(async () => {
    await startedBefore(path('data'))
    mkdirSync(path('mail'))
    dovecot = await startDovecot({
      users: {
        'alice@x.example': 'pass of alice',
        'bob@x.example': 'pass of bob',
        'carla@x.example': 'pass of carla',
        'full@x.example': { password: 'pass of full', quotaKb: 20 },
        'roomy@x.example': 'pass of roomy',
        'odd@x.example': 'pass of odd',
      },
      masters: { migrator: 'sesame' },
    })
    const { host, port } = dovecot
    for (const name of ['alice', 'carla']) {
      await fill({ host, port, user: `${name}@x.example`, password: `pass of ${name}` }, [
        folder('INBOX', everydayMessages(1, 120)),
        folder('Sent', everydayMessages(2, 10)),
      ])
    }
    csv = writeCsv(at, [ALICE, BOB])
  })
  after(async () => {
    await dovecot[Symbol.asyncDispose]()
    removeFolder(at)
  })

  /** One sentence in what was printed, whole and only once on its stream. */
  const says = (text: string, ...sentences: readonly (string | RegExp)[]) => {
    for (const sentence of sentences) {
      const times =
        typeof sentence === 'string'
          ? text.split(sentence).length - 1
          : [...text.matchAll(new RegExp(sentence, 'g'))].length
      assert.equal(times, 1, `"${sentence}" once in:\n${text}`)
    }
    assert.doesNotMatch(text, /\.\.(?!\.)|undefined|\[object|\bError:/, text)
  }

  test('a wrong password fails that user alone, and the row comes back without its password', async () => {
    const ended = await waybill(['migrate', csv, ...source(), ...toMaildir])
    assert.equal(ended.code, 2, ended.stderr)
    says(
      ended.stdout,
      `bob@x.example (row 3): Log-in of bob@x.example on 127.0.0.1:${dovecot.port}: the server refused the log-in: [AUTHENTICATIONFAILED] Authentication failed.\n`,
      '  Check the user name and the password.\n',
      '2 users: 1 synced, 1 failed. 130 messages carried',
    )
    assert.match(ended.stdout, /^alice@x\.example +Synced +130 +130 +0 /m)
    assert.match(ended.stdout, /^bob@x\.example +Failed +0 +0 +0 /m)
    const errors = /^Users to try again.*: (\/.*errors\.csv)$/m.exec(ended.stdout)?.[1] ?? ''
    const rows = readFileSync(errors, 'utf8').split('\r\n')
    assert.match(
      rows[1] ?? '',
      /^bob@x\.example,bob@x\.example,,.*refused the log-in.*Check the user name and the password\.$/,
    )
    assert.equal(rows[2], '')
  })

  test('no such host, a refused certificate, a dead port, TLS to a port without it, no IMAP server: named, once for all users', async () => {
    const ssh = await listen((server) =>
      server.on('connection', (socket) => socket.on('error', () => {}).write('SSH-2.0-x\r\n')),
    )
    const dead = await listen(() => {})
    const deadPort = portOf(dead)
    await close(dead)
    const place = (port: number) => `127.0.0.1:${port}`
    const cases: readonly (readonly [url: string, sentence: string, remedy: string, more?: readonly string[]])[] = [
      ['imaps://imap.nowhere.invalid', 'imap.nowhere.invalid:993: ', 'Check the name'],
      [
        `imaps://${place(dovecot.tlsPort)}`,
        `${place(dovecot.tlsPort)}: its certificate is signed by itself or by an authority that this machine does not know (DEPTH_ZERO_SELF_SIGNED_CERT).`,
        'accept certificates that nobody vouches for, if you know the server. That is --accept-untrusted-certificates.',
      ],
      [
        `imap://${place(deadPort)}`,
        `${place(deadPort)}: nothing listens on this port (ECONNREFUSED).`,
        'Check the port',
      ],
      [
        `imaps://${place(dovecot.port)}`,
        `${place(dovecot.port)}: this port does not speak TLS from the first byte on (ERR_SSL_WRONG_VERSION_NUMBER).`,
        'Use STARTTLS, or the port that speaks TLS from the first byte on, usually 993. imap:// means STARTTLS',
      ],
      [`imap://${place(portOf(ssh))}`, `${place(portOf(ssh))} is not an IMAP server.`, 'Check the host and the port'],
    ]
    try {
      for (const [url, sentence, remedy] of cases) {
        const ended = await waybill(['migrate', csv, '--source', url, ...toMaildir], HASTE)
        assert.equal(ended.code, 2, ended.stderr)
        says(ended.stdout, `alice@x.example (row 2), bob@x.example (row 3): ${sentence}`, remedy)
        assert.doesNotMatch(ended.stdout + ended.stderr, /SSH-2/)
      }
    } finally {
      await close(ssh)
    }
  })

  test('a certificate is accepted when its authority is named, or when asked to', async () => {
    const own = write('own-ca.pem', dovecot.certificate)
    const ssl = ['--source', `imaps://127.0.0.1:${dovecot.tlsPort}`]
    const alone = writeCsv(mkdir('alone'), [ALICE])
    const named = await waybill(['migrate', alone, ...ssl, ...toMaildir, '--dry-run'], { NODE_EXTRA_CA_CERTS: own })
    assert.equal(named.code, 0, named.stdout + named.stderr)
    const asked = await waybill([
      'migrate',
      alone,
      ...ssl,
      ...toMaildir,
      '--dry-run',
      '--accept-untrusted-certificates',
    ])
    assert.equal(asked.code, 0, asked.stdout + asked.stderr)
  })

  test('a target over quota fails its user with the remedy, and the same command goes on after it', async () => {
    const rows = [
      [...ALICE, 'full@x.example'],
      ['carla@x.example', 'carla@x.example', 'pass of carla', 'roomy@x.example'],
    ]
    const two = writeCsv(mkdir('quota'), rows, ['EmailAddress', 'UserName', 'Password', 'TargetUserName'])
    const file = write('sesame', 'sesame\n')
    const command = ['migrate', two, ...source(), ...toImap(file), '--concurrency', '1']
    const first = await waybill(command)
    assert.equal(first.code, 2, first.stderr)
    says(
      first.stdout,
      /alice@x\.example \(row 2\): Over quota on the target, folder (INBOX|Sent): the target answered \[OVERQUOTA\] Quota exceeded/,
      'Raise the quota of this mailbox on the target, then start it again; it goes on where it stopped.',
    )
    const users = join(dovecot.folder, 'users')
    writeFileSync(users, readFileSync(users, 'utf8').replace('storage=20', 'storage=20000'))
    await dovecot.restart()
    const second = await waybill([...command, '--json'])
    assert.equal(second.code, 0, second.stdout)
    assert.deepEqual(
      resultOf(second).users.map(({ items }) => items),
      [130, 130],
    )
  })

  test('bad rows are named and do not stop the others', async () => {
    const rows = [ALICE, ['no address', 'x', 'secret one'], [ALICE[0]!, 'y', 'secret two'], ['c@x.example', 'c', '']]
    const ended = await waybill(['migrate', writeCsv(mkdir('rows'), rows), ...source(), ...toMaildir])
    assert.equal(ended.code, 2)
    assert.match(ended.stdout, /^alice@x\.example +Synced/m)
    says(
      ended.stdout,
      'Row 3 was not run: EmailAddress is not a valid address (name@domain).',
      'Row 4 was not run: EmailAddress is the same as in row 2, and only that row runs.',
      'Row 5 was not run: Password is empty.',
    )
    assert.match(ended.stderr, /^1 user to migrate, 3 rows refused$/m)
  })

  test('skipped.csv lists what is not carried, and nothing in it is computed or obeyed', async () => {
    const { host, port } = dovecot
    const odd = (subject: string) => message(subject, `Subject: ${subject}\r\n\r\n${'long '.repeat(400)}\r\n`)
    await fill({ host, port, user: 'odd@x.example', password: 'pass of odd' }, [
      folder('INBOX', [
        odd('=HYPERLINK("http://evil.example")'),
        odd('\u001b[2Jgone'),
        message('short', 'Subject: s\r\n\r\nx\r\n'),
      ]),
      folder('Größe, alt', [odd('one, two')]),
    ])
    const csvOfOdd = writeCsv(mkdir('odd'), [['odd@x.example', 'odd@x.example', 'pass of odd']])
    const ended = await waybill(['migrate', csvOfOdd, ...source(), ...toMaildir, '--max-message-size', '1kB', '--json'])
    assert.equal(ended.code, 0, 'skipped messages do not change the exit code')
    const { users, skippedCsv } = resultOf(ended)
    assert.deepEqual([users[0]?.carried, users[0]?.skipped], [1, 3])
    const lines = readFileSync(skippedCsv ?? '', 'utf8').split('\r\n')
    assert.equal(lines[0], '\uFEFFEmailAddress,Folder,UID,Date,Bytes,Subject,Kind,Reason,TriedAgain')
    assert.match(
      lines[1] ?? '',
      /^odd@x\.example,INBOX,1,2021-03-04T05:06:07Z,\d{4},"'=HYPERLINK\(""http:.*""\)",large,.*the size that messages may have.*,yes$/,
    )
    assert.match(lines[2] ?? '', /^odd@x\.example,INBOX,2,.*,\\u\{1b\}\[2Jgone,large,/)
    assert.match(lines[3] ?? '', /^odd@x\.example,"Größe, alt",1,.*,"one, two",large,/)
    assert.equal(lines[4], '')
  })

  test('a dry run writes nothing, and says what would be moved and what would be left out', async () => {
    const dry = path('dry-mail')
    mkdirSync(dry)
    const ended = await waybill([
      ...['migrate', csv, ...source(), '--target', `maildir:${dry}`, '--data', path('never')].flat(),
      ...['--dry-run', '--max-message-size', '1kB', '--exclude-folder', 'Sent'].flat(),
    ])
    assert.equal(ended.code, 2)
    assert.match(ended.stdout, /^ {2}INBOX +INBOX +120 +[\d.]+ kB +[1-9]\d* +0/m)
    assert.match(ended.stdout, /^ {2}Sent +10 .*excluded by Sent/m)
    says(
      ended.stdout,
      'Messages that are too large would be left out and listed.',
      'Dry run: nothing was copied. 1 user could be migrated',
    )
    assert.deepEqual(readMaildir(dry).folders.get('INBOX') ?? [], [])
    assert.throws(() => readFileSync(path('never')), /ENOENT/)
  })

  test('Ctrl-C ends with 130 and says how to go on, and the same command brings the rest', async () => {
    const slow = { WAYBILL_TUNING: JSON.stringify({ groupMessages: 1, depth: 1, lanes: 1, mostLanes: 1 }) }
    const mail = path('stopped-mail')
    mkdirSync(mail)
    const command = [
      'migrate',
      writeCsv(mkdir('stop'), [ALICE]),
      ...source(),
      '--target',
      `maildir:${mail}`,
      '--data',
      path('data'),
    ]
    const { child, ended } = startWaybill(command, slow)
    while (child.exitCode === null && arrived(join(mail, 'alice@x.example/cur')) === 0) await delay(1)
    child.kill('SIGINT')
    const stopped = await ended
    assert.equal(stopped.code, 130, stopped.stderr)
    says(stopped.stdout, 'Stopped. Give the same command again, and it goes on where it stopped.', 'Stopped ')
    says(stopped.stderr, 'Stopping: what is under way still lands.')
    const resumed = await waybill([...command, '--json'])
    assert.equal(resumed.code, 0, resumed.stderr)
    const [user] = resultOf(resumed).users
    assert.equal(user?.items, 130)
    assert.ok(user.carried > 0 && user.carried < 130, `${user.carried} were left to carry: it was stopped on the way`)
    const { folders } = readMaildir(join(mail, 'alice@x.example'))
    assert.deepEqual([folders.get('INBOX')?.length, folders.get('Sent')?.length], [120, 10])
  })

  function mkdir(name: string): string {
    mkdirSync(path(name), { recursive: true })
    return path(name)
  }
})

async function listen(prepare: (server: Server) => unknown): Promise<Server> {
  const server = createServer()
  prepare(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

function portOf(server: Server): number {
  const address = server.address()
  return address !== null && typeof address === 'object' ? address.port : 0
}

const close = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()))

const arrived = (folder: string) => (existsSync(folder) ? readdirSync(folder).length : 0)
