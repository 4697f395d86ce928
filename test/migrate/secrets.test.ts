/** Passwords that were planted in a whole run with failures are found in nothing that it left behind or said. */
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { Findings } from '#test/planted.ts'
import { fill } from '#test/worlds/fill.ts'
import { everydayMessages, folder } from '#test/worlds/messages.ts'
import { type Ended, temporaryFolder, waybill, writeCsv } from './run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'

const HEADER = ['EmailAddress', 'UserName', 'Password', 'TargetUserName', 'TargetPassword']

const PLANTED = {
  source: 'Planted-Source-4f1c!',
  target: 'Planted-Target-9b27?',
  wrong: 'Planted-Wrong-d03e$',
  wrongTarget: 'Planted-WrongTarget-77aa',
  badRow: 'Planted-BadRow-51c8',
  uneven: 'Planted-Uneven-e2f4',
  admin: 'Planted-Admin-0c9d',
} as const

test(
  'a planted password is found in no file, log, output or table',
  { skip: dovecotMissing(), timeout: 120_000 },
  async () => {
    await using dovecot = await startDovecot({
      users: {
        'alice@x.example': PLANTED.source,
        'bob@x.example': PLANTED.source,
        'alice2@x.example': PLANTED.target,
        'full@x.example': { password: PLANTED.target, quotaKb: 10 },
      },
      masters: { migrator: PLANTED.admin },
    })
    const { host, port } = dovecot
    for (const user of ['alice@x.example', 'bob@x.example']) {
      await fill({ host, port, user, password: PLANTED.source }, [folder('INBOX', everydayMessages(5, 25))])
    }
    const at = temporaryFolder('secrets')
    const csv = writeCsv(
      at,
      [
        ['alice@x.example', 'alice@x.example', PLANTED.source, 'alice2@x.example', PLANTED.target],
        ['bob@x.example', 'bob@x.example', PLANTED.source, 'full@x.example', PLANTED.target],
        ['carol@x.example', 'alice@x.example', PLANTED.wrong, 'alice2@x.example', PLANTED.target],
        ['dora@x.example', 'bob@x.example', PLANTED.source, 'bob@x.example', PLANTED.wrongTarget],
        ['no address', 'bob@x.example', PLANTED.badRow, 'bob@x.example', PLANTED.badRow],
      ],
      HEADER,
    )
    const uneven = join(at, 'uneven.csv')
    writeFileSync(uneven, `${HEADER.join(',')}\r\ne@x.example,e,${PLANTED.uneven},"e,${PLANTED.uneven}\r\n`)
    const secret = join(at, 'secret')
    writeFileSync(secret, `${PLANTED.admin}\n`)
    chmodSync(secret, 0o600)
    const mail = join(at, 'mail')
    mkdirSync(mail)

    const place = `imap://127.0.0.1:${port}`
    const data = ['--data', join(at, 'data')]
    const source = ['--source', place, '--source-security', 'none']
    const target = ['--target', place, '--target-security', 'none']
    const admin = ['--target-login', '{user}*{admin}', '--target-admin', 'migrator', '--target-password-file', secret]
    const runs: readonly (readonly [code: number, args: readonly string[]])[] = [
      [2, ['migrate', csv, ...source, ...target, ...data]],
      [2, ['migrate', csv, ...source, ...target, ...data, '--json']],
      [2, ['migrate', csv, ...source, ...target, ...data, '--dry-run']],
      [2, ['migrate', csv, ...source, ...target, ...admin, ...data]],
      [2, ['migrate', csv, ...source, '--target', `maildir:${mail}`, ...data, '--max-message-size', '1kB']],
      [3, ['migrate', uneven, ...source, ...target, ...data]],
      [2, ['csv', 'check', csv]],
      [3, ['migrate', csv, '--source', `imap://alice:${PLANTED.source}@127.0.0.1:${port}`, ...target, ...data]],
    ]
    const said: Ended[] = []
    for (const [code, args] of runs) {
      const ended = await waybill(args)
      assert.equal(ended.code, code, `${args.join(' ')}\n${ended.stdout}${ended.stderr}`)
      said.push(ended)
    }

    const found = new Findings()
    // The CSV and the password file are the person's own; PostgreSQL's programs are not written by us.
    const files = found.addFiles(at, (path) => [csv, uneven, secret].includes(path) || path.includes('/postgres-bin/'))
    for (const [i, { stdout, stderr }] of said.entries()) {
      found.add(`output of ${runs[i]?.[1].join(' ')}`, stdout + stderr)
    }

    assert.ok(files.some((path) => path.endsWith('errors.csv')) && files.some((path) => path.endsWith('skipped.csv')))
    assert.ok(
      found.where('alice@x.example').some((name) => name.includes('/data/postgres/')),
      'what is in the database is found by this search',
    )
    found.assertAbsent(PLANTED)
    removeFolder(at)
  },
)
