/** What a person may expect of any command: it can be stopped, outlives who reads it, and makes nothing unasked. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { resultOf, startWaybill, temporaryFolder, waybill, writeCsv } from './run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'

suite('a command', { timeout: 60_000 }, () => {
  const at = temporaryFolder('manners')
  const path = (name: string) => join(at, name)
  mkdirSync(path('mail'))
  after(() => removeFolder(at))
  const many = Array.from({ length: 400 }, (_, i) => [`u${i}@x.example`, `u${i}`, `p${i}`])
  /** Nothing listens there: every user fails, after a short wait. */
  const command = (...more: readonly string[]) => [
    'migrate',
    writeCsv(at, many),
    '--source=imap://127.0.0.1:1',
    '--source-security=none',
    `--target=maildir:${path('mail')}`,
    `--data=${path('data')}`,
    ...more,
  ]
  const quick = { WAYBILL_TUNING: '{"retryMs":40}' }

  for (const dry of [false, true]) {
    test(`whose users fail one after the other begins nobody after Ctrl-C${dry ? ' (dry run)' : ''}`, async () => {
      const { child, ended } = startWaybill(command('--json', ...(dry ? ['--dry-run'] : [])), quick)
      let told = ''
      child.stderr!.on('data', (text: string) => {
        if (!told.includes('"started"') && (told += text).includes('"started"')) child.kill('SIGINT')
      })
      const { code, stdout, stderr } = await ended
      assert.equal(code, 130, stderr)
      const begun = stderr.split('"started"').length - 1
      assert.ok(begun > 0 && begun < 300, `${begun} users were begun`)
      if (dry) return
      const result = resultOf({ code, signal: null, stdout, stderr })
      assert.ok(result.stopped)
      assert.equal(result.users.length, 400)
      assert.ok(result.users.filter(({ status, error }) => status === 'Stopped' && error === null).length > 100)
    })
  }

  test('goes on and keeps its exit code when nobody reads its output any more', async () => {
    const csv = writeCsv(at, many.slice(0, 30))
    const { child, ended } = startWaybill(command('--report', path('unread')).with(1, csv), quick)
    child.stdout!.destroy()
    child.stderr!.destroy()
    assert.equal((await ended).code, 2)
    assert.ok(existsSync(path('unread/errors.csv')))
    const bad = path('bad.csv')
    const rows = Array.from({ length: 20_000 }, (_, i) => `no address ${i},x,y\r\n`)
    writeFileSync(bad, `EmailAddress,UserName,Password\r\n${rows.join('')}`, { mode: 0o600 })
    const check = startWaybill(['csv', 'check', bad])
    check.child.stdout!.destroy()
    assert.notEqual((await check.ended).code, 1)
  })

  test('that is told a report folder which cannot be made says so', async () => {
    const ended = await waybill(command('--report', '/proc/nope/deeper'))
    assert.equal(ended.code, 4)
    assert.match(ended.stderr, /The folder for reports, \/proc\/nope\/deeper, cannot be made/)
  })

  test(
    'as root tells that a Maildir would belong to root, and makes nothing in a dry run',
    { skip: process.getuid?.() !== 0 && 'not root' },
    async () => {
      const one = writeCsv(at, many.slice(0, 1))
      const to = (root: string) => command('--dry-run').with(1, one).concat(`--target=maildir:${root}`)
      const absent = await waybill(to(path('absent')), quick)
      assert.match(absent.stderr, /Maildir folder \S+absent is not there and will belong to root/)
      assert.ok(!existsSync(path('absent')))
      assert.match((await waybill(to(path('mail')), quick)).stderr, /Maildir folder \S+mail belongs to root/)
    },
  )
})
