/** Objects through pipes, what is sent and what is not, refusals and exit codes: in a real bash with the aliases. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { suite, test } from 'node:test'
import { batch, csvFile, database, guid, user } from './objects.ts'
import { environment, launcher, typed } from './shell.ts'
import { type Replies, StubService, page, problem } from './stub-service.ts'

const listening = (replies: Replies) => new StubService(replies).listen()

suite('Pipes', () => {
  test('a user that cannot be started is told of, and the rest goes on', async () => {
    await using service = await listening({
      listUsers: () => page([user(1), user(2), user(3)]),
      startUser: ({ params }) =>
        params['identity'] === guid(102)
          ? problem(409, 'USER_STATE', 'the mailbox is being stopped; wait until it is Stopped', 'Wait.')
          : user(1),
    })
    const { stderr, code } = await typed('Get-MigrationUser | Start-MigrationUser', { folder: service.data })
    assert.equal(code, 1)
    assert.equal(stderr, 'Start-MigrationUser : The mailbox is being stopped; wait until it is Stopped.\n  Wait.\n')
    assert.equal(service.of('startUser').length, 3)
  })

  test('-ErrorAction Stop ends at the first, SilentlyContinue says nothing', async () => {
    await using service = await listening({
      listUsers: () => page([user(1), user(2)]),
      startUser: () => problem(409, 'USER_STATE', 'no'),
    })
    const stop = await typed('Get-MigrationUser | Start-MigrationUser -EA Stop', { folder: service.data })
    assert.equal(stop.code, 1)
    assert.equal(service.of('startUser').length, 1)
    const silent = await typed('Get-MigrationUser | Start-MigrationUser -ErrorAction SilentlyContinue', {
      folder: service.data,
    })
    assert.deepEqual(silent, { stdout: '', stderr: '', code: 1 })
  })

  test('an empty pipe does nothing', async () => {
    await using service = await listening({ listUsers: () => page([]), listBatches: () => page([]) })
    const started = await typed('Get-MigrationUser -Status Failed | Start-MigrationUser', { folder: service.data })
    assert.deepEqual(started, { stdout: '', stderr: '', code: 0 })
    // And "all users" is not what is meant when no batch came.
    const users = await typed('Get-MigrationBatch -Status Failed | Get-MigrationUser', { folder: service.data })
    assert.equal(users.code, 0)
    assert.match(users.stderr, /WARNING: Nothing came through the pipe, so Get-MigrationUser does nothing/)
    assert.equal(service.of('listUsers').length, 1)
  })

  test('batches say whose users are wanted, with what else was given', async () => {
    await using service = await listening({
      listBatches: () => page([batch()]),
      listUsers: () => page([user(1)]),
    })
    const line = 'Get-MigrationBatch | Get-MigrationUser -Status Failed | Select-Object -ExpandProperty Identity'
    const { stdout, code } = await typed(line, { folder: service.data })
    assert.equal(code, 0)
    assert.equal(stdout, 'user1@contoso.com\n')
    assert.deepEqual(service.of('listUsers')[0]?.query, { batch: guid(3), status: 'Failed', limit: '1000' })
  })

  test('a batch is never taken for a user, nor a user for a batch', async () => {
    await using service = await listening({
      listBatches: () => page([batch()]),
      listUsers: () => page([user(1)]),
    })
    const line = 'Get-MigrationUser | Remove-MigrationBatch -Confirm:$false'
    const { stderr, code } = await typed(line, { folder: service.data })
    assert.equal(code, 1)
    assert.match(
      stderr,
      /Remove-MigrationBatch takes MigrationBatch objects, and through the pipe came a MigrationUser/,
    )
    const other = await typed('Get-MigrationBatch | Start-MigrationUser', { folder: service.data })
    assert.match(other.stderr, /came a MigrationBatch/)
    assert.equal(service.of('removeBatch').length, 0)
  })

  test('what is no object is refused with its line', async () => {
    await using service = await listening({})
    const line = `printf '%s\\n' '{"Identity":""}' 'hello \x1b[31m' | Start-MigrationUser`
    const { stderr, code } = await typed(line, { folder: service.data })
    assert.equal(code, 3)
    assert.match(stderr, /neither Guid nor Identity/)
    assert.match(stderr, /Line 2 of what came through the pipe is not JSON: hello \\u\{1b\}\[31m/)
    assert.equal(service.asked.length, 0)
  })

  test('objects of one own making are bound by Guid or Identity', async () => {
    await using service = await listening({ startUser: () => user(1) })
    const line = `printf '%s\\n' '{"identity":"a@contoso.com"}' | Start-MigrationUser`
    assert.equal((await typed(line, { folder: service.data })).code, 0)
    assert.equal(service.asked[0]?.params['identity'], 'a@contoso.com')
  })

  test('an Identity that is given leaves the pipe unread', async () => {
    await using service = await listening({ startUser: () => user(1) })
    const line = `printf 'a\\nb\\n' | { Start-MigrationUser a@contoso.com; cat; }`
    const { stdout, code } = await typed(line, { folder: service.data })
    assert.equal(code, 0)
    assert.equal(stdout, 'a\nb\n')
  })

  test('a reader that leaves ends the list, and is no error', async () => {
    let pages = 0
    await using service = await listening({
      listUsers: () =>
        page(
          Array.from({ length: 1000 }, (_, n) => user(n)),
          String(++pages),
          1_000_000,
        ),
    })
    const line = 'Get-MigrationUser -ResultSize Unlimited | head -1; echo ${PIPESTATUS[0]}'
    const { stdout, stderr } = await typed(line, { folder: service.data })
    assert.equal(stderr, '')
    assert.match(stdout, /^\{"\$type":"MigrationUser"[^\n]*\n0\n$/)
    assert.ok(pages < 50, `${pages} pages were read`)
  })
})

suite('Lists', () => {
  test('follow their cursors as far as wanted, and warn when there is more', async () => {
    await using service = await listening({
      listUsers: ({ query }) =>
        query['cursor'] === undefined ? page([user(1), user(2)], 'next', 4) : page([user(3), user(4)], null, 4),
    })
    const all = await typed('Get-MigrationUser | Measure-Object', { folder: service.data })
    assert.match(all.stdout, /"Count":4/)
    assert.equal(all.stderr, '')
    const three = await typed('Get-MigrationUser -ResultSize 3 | Measure-Object', { folder: service.data })
    assert.match(three.stdout, /"Count":3/)
    assert.match(
      three.stderr,
      /^WARNING: There are more results than the 3 that were asked for\. .*-ResultSize Unlimited/,
    )
    const quiet = await typed('Get-MigrationUser -ResultSize 3 -WarningAction SilentlyContinue', {
      folder: service.data,
    })
    assert.equal(quiet.stderr, '')
    assert.deepEqual(service.of('listUsers').at(-1)?.query, { limit: '4', cursor: 'next' })
  })

  test('a pattern is looked for among all names; a name that is not there is an error', async () => {
    await using service = await listening({
      listBatches: () => page([batch(), batch({ identity: 'Other' })]),
      getBatch: () => problem(404, 'BATCH_NOT_FOUND', 'There is no batch "IMAPBatch9"'),
    })
    const found = await typed('Get-MigrationBatch imap* | Select-Object -ExpandProperty Identity', {
      folder: service.data,
    })
    assert.equal(found.stdout, 'IMAPBatch1\n')
    const absent = await typed('Get-MigrationBatch IMAPBatch9', { folder: service.data })
    assert.deepEqual(absent, { stdout: '', stderr: 'Get-MigrationBatch : There is no batch "IMAPBatch9".\n', code: 1 })
    const nothing = await typed('Get-MigrationBatch ""; Get-MigrationBatch $null', { folder: service.data })
    assert.match(nothing.stderr, /-Identity has an empty value[\s\S]*-Identity may not be \$null/)
  })
})

suite('What changes something', () => {
  test('-WhatIf says so and sends nothing', async () => {
    await using service = await listening({ listBatches: () => page([batch()]) })
    writeFileSync(join(service.data, 'users.csv'), 'x')
    const lines = [
      ['Remove-MigrationBatch -Identity IMAPBatch1 -WhatIf', 'Remove-MigrationBatch', 'IMAPBatch1'],
      ['New-MigrationBatch B1 -SourceEndpoint E -CSVData users.csv -WhatIf', 'New-MigrationBatch', 'B1'],
      ['Set-MigrationConfig -MaxNumberOfBatches 5 -WhatIf', 'Set-MigrationConfig', 'Migration service'],
    ] as const
    for (const [line, operation, target] of lines) {
      const { stdout, stderr, code } = await typed(line, { folder: service.data })
      assert.deepEqual({ stdout, code }, { stdout: '', code: 0 })
      assert.equal(stderr, `What if: Performing the operation "${operation}" on target "${target}".\n`)
    }
    assert.equal(service.asked.length, 0)
    // A piped object is told of by its name, though its Guid is what would be sent.
    const piped = await typed('Get-MigrationBatch | Stop-MigrationBatch -WhatIf', { folder: service.data })
    assert.match(piped.stderr, /on target "IMAPBatch1"/)
    assert.equal(service.of('stopBatch').length, 0)
  })

  test('is refused where there is nobody to ask, and -Confirm:$false does not ask', async () => {
    await using service = await listening({ removeBatch: () => batch() })
    const refused = await typed('Remove-MigrationBatch IMAPBatch1', { folder: service.data })
    assert.equal(refused.code, 3)
    assert.match(refused.stderr, /there is no terminal to ask on\.\n {2}Add -Confirm:\$false/)
    assert.equal(service.asked.length, 0)
    const removed = await typed('Remove-MigrationBatch IMAPBatch1 -Confirm:$false', { folder: service.data })
    assert.deepEqual(removed, { stdout: '', stderr: '', code: 0 })
    assert.equal(service.of('removeBatch').length, 1)
  })

  test('-Confirm: without the aliases is refused, and says why', async () => {
    await using service = await listening({})
    const line = `${launcher} Remove-MigrationBatch IMAPBatch1 -Confirm:$false`
    const { stderr, code } = await typed(line, { folder: service.data, aliases: false })
    assert.equal(code, 3)
    assert.match(stderr, /The switch -Confirm: has an empty value[\s\S]*waybill aliases/)
  })

  test('Complete-MigrationBatch and -AutoComplete are the server’s to refuse', async () => {
    await using service = await listening({
      completeBatch: () => problem(409, 'BATCH_STATE', 'an IMAP batch has no completion'),
      uploadCsv: () => csvFile,
      createBatch: () => problem(422, 'NOT_FOR_IMAP', 'an IMAP batch has no completion'),
    })
    writeFileSync(join(service.data, 'users.csv'), 'x')
    const line = 'Complete-MigrationBatch B || New-MigrationBatch B -SourceEndpoint E -CSVData users.csv -AutoComplete'
    const { stderr, code } = await typed(line, { folder: service.data })
    assert.equal(code, 1)
    assert.match(stderr, /^Complete-MigrationBatch : An IMAP batch has no completion\.\nNew-MigrationBatch : An IMAP/)
  })

  test('lists, dates, switches and clearing arrive as the contract wants them', async () => {
    await using service = await listening({ updateBatch: () => batch() })
    const line = String.raw`Set-MigrationBatch B1 -StartAfter "2026-12-01 08:00" -TimeZone "Romance Standard Time" -ExcludeFolders "Junk\, old","#Inbox#/*" -SkipReports $true -ReportInterval 12:00:00 && Set-MigrationBatch B1 -StartAfter $null -SyncNow`
    const { code, stderr } = await typed(line, { folder: service.data })
    assert.equal(code, 0, stderr)
    assert.deepEqual(
      service.asked.map(({ body }) => body),
      [
        {
          startAfter: '2026-12-01T07:00:00.000Z',
          timeZone: 'Europe/Paris',
          excludeFolders: ['Junk, old', '#Inbox#/*'],
          skipReports: true,
          reportInterval: '12:00:00',
        },
        { startAfter: null, syncNow: true },
      ],
    )
  })

  test('rows that cannot be migrated are warnings', async () => {
    await using service = await listening({
      uploadCsv: () => ({
        ...csvFile,
        badRows: [{ rowNumber: 3, column: 'Password', message: 'is empty' }],
        warnings: ['the column UserRot is ignored'],
      }),
      createBatch: () => batch(),
    })
    writeFileSync(join(service.data, 'users.csv'), 'x')
    const line = 'New-MigrationBatch B -SourceEndpoint E -CSVData users.csv -AllowUnknownColumnsInCsv $true'
    const { stderr, code } = await typed(line, { folder: service.data })
    assert.equal(code, 0)
    assert.equal(stderr, 'WARNING: The column UserRot is ignored.\nWARNING: Row 3, Password: is empty.\n')
    assert.deepEqual(service.of('uploadCsv')[0]?.query, { allowUnknownColumns: 'true' })
  })

  test('a file that is not there, or too large, is refused before anything is sent', async () => {
    await using service = await listening({})
    writeFileSync(join(service.data, 'large.csv'), Buffer.alloc(10 * 1_048_576 + 1))
    for (const [file, said] of [
      ['none.csv', /There is no file none\.csv/],
      ['large.csv', /large\.csv is larger than 10 MB/],
    ] as const) {
      const { stderr, code } = await typed(`New-MigrationBatch B -SourceEndpoint E -CSVData ${file}`, {
        folder: service.data,
      })
      assert.equal(code, 3)
      assert.match(stderr, said)
    }
    assert.equal(service.asked.length, 0)
  })
})

suite('Passwords', () => {
  test('come from a file, and never from the command line', async () => {
    await using service = await listening({ createDatabase: () => database() })
    writeFileSync(join(service.data, 'secret'), 'pässword 1\nmore\n')
    const line =
      "New-MailboxDatabase S -Kind Imap -Server imap.contoso.com -LoginTemplate '{user}*{admin}' -AdminUserName admin"
    const refused = await typed(`${line} -AdminPassword x`, { folder: service.data })
    assert.equal(refused.code, 3)
    assert.match(refused.stderr, /-AdminPassword is not taken from the command line[\s\S]*-AdminPasswordFile PATH/)
    const { code, stderr } = await typed(`${line} -AdminPasswordFile secret`, { folder: service.data })
    assert.equal(code, 0, stderr)
    assert.deepEqual(service.asked[0]?.body, {
      name: 'S',
      kind: 'Imap',
      server: 'imap.contoso.com',
      loginTemplate: '{user}*{admin}',
      adminUserName: 'admin',
      adminPassword: 'pässword 1',
    })
  })
})

suite('Exit codes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-nobody-'))
  test.after(() => rmSync(folder, { recursive: true }))

  test('4: no Waybill runs for the data folder', async () => {
    const { stderr, code } = await typed('Get-MigrationBatch', { folder })
    assert.equal(code, 4)
    assert.equal(
      stderr,
      `Get-MigrationBatch : Waybill is not running for the data folder ${folder}\n  Start it with npm start (or waybill serve).\n`,
    )
  })

  test('4 also where objects come through a pipe, and once', async () => {
    const line = `printf '{"Identity":"a"}\\n{"Identity":"b"}\\n' | Start-MigrationUser`
    const { stderr, code } = await typed(line, { folder })
    assert.equal(code, 4)
    assert.equal(stderr.split('not running').length, 2)
  })

  test('3: called wrongly, or no such cmdlet', async () => {
    assert.equal((await typed('Get-MigrationBatch -Statu Synched', { folder })).code, 3)
    assert.equal((await typed('Start-MigrationBatch', { folder })).code, 3)
    const unknown = await typed(`${launcher} Get-MigrationBach`, { folder })
    assert.equal(unknown.code, 3)
    assert.match(unknown.stderr, /Did you mean Get-MigrationBatch/)
  })

  test('130: Ctrl-C', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<void>()
    await using service = await listening({
      getStatistics() {
        resolve()
        return new Promise(() => {})
      },
    })
    const child = spawn('bash', ['-c', `trap : INT; ${launcher} Get-MigrationStatistics; echo $?`], {
      env: environment(service.data),
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    })
    await asked
    process.kill(-child.pid!, 'SIGINT')
    assert.equal(await text(child.stdout), '130\n')
  })
})

suite('Servers elsewhere', () => {
  test('connect stores address and token for its owner alone, disconnect forgets them', async () => {
    await using service = await new StubService(
      { getStatistics: () => ({}), listBatches: () => page([batch()]) },
      true,
    ).listen()
    const line = `echo wb_secret | waybill connect ${service.url} && Get-MigrationBatch | Format-List Status`
    const { stdout, stderr, code } = await typed(line, { folder: service.data })
    assert.equal(code, 0, stderr)
    assert.equal(stdout, '\nStatus : Synced\n\n')
    assert.deepEqual(
      service.asked.map(({ authorization }) => authorization),
      ['Bearer wb_secret', 'Bearer wb_secret'],
    )
    const path = join(service.data, 'config/waybill/connection.json')
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), { url: service.url, token: 'wb_secret' })
    const after = await typed('waybill disconnect && Get-MigrationBatch', { folder: service.data })
    assert.equal(after.code, 4)
    assert.match(after.stderr, /is not running for the data folder/)
  })

  test('a token that is refused is not stored', async () => {
    await using service = await new StubService(
      { getStatistics: () => problem(401, 'AUTH_REQUIRED', 'no') },
      true,
    ).listen()
    const { code } = await typed(`echo wb_x | waybill connect ${service.url}`, { folder: service.data })
    assert.equal(code, 1)
    assert.throws(() => statSync(join(service.data, 'config/waybill/connection.json')))
  })

  test('--server and WAYBILL_TOKEN go before what is stored, and --data before all', async () => {
    await using service = await new StubService({ listBatches: () => page([]) }, true).listen()
    const env = { WAYBILL_TOKEN: 'wb_other' }
    const named = await typed(`waybill --server ${service.url} Get-MigrationBatch`, { folder: service.data, env })
    assert.equal(named.code, 0, named.stderr)
    assert.equal(service.asked[0]?.authorization, 'Bearer wb_other')
    const environmental = { ...env, WAYBILL_SERVER: service.url }
    assert.equal((await typed('Get-MigrationBatch', { folder: service.data, env: environmental })).code, 0)
    const local = await typed('waybill --data here Get-MigrationBatch', { folder: service.data, env: environmental })
    assert.equal(local.code, 4)
    assert.match(local.stderr, /data folder .*\/here/)
  })

  test('a token passes no network unencrypted, and an address holds none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'waybill-far-'))
    try {
      const env = { WAYBILL_TOKEN: 'wb_x' }
      const clear = await typed('waybill --server http://mail.contoso.com Get-MigrationBatch', { folder, env })
      assert.equal(clear.code, 3)
      assert.match(clear.stderr, /the token would pass unencrypted[\s\S]*ssh -L 8383/)
      const held = await typed('waybill --server https://u:p@mail.contoso.com Get-MigrationBatch', { folder, env })
      assert.match(held.stderr, /may hold neither a log-in nor a query/)
      const none = await typed('waybill --server https://mail.contoso.com Get-MigrationBatch', { folder })
      assert.match(none.stderr, /waybill connect https:\/\/mail\.contoso\.com/)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('token create prints the token and nothing else on standard output', async () => {
    const token = {
      id: guid(7),
      name: 'ci',
      scopes: ['view'],
      creationDateTime: '2026-12-01T00:00:00Z',
      expiresAt: '2026-12-02T00:00:00Z',
      lastUsedAt: null,
      owner: 'ann',
    }
    await using service = await listening({
      createToken: () => ({ ...token, token: 'wb_once' }),
      listTokens: () => page([token]),
      revokeToken: () => undefined,
    })
    const created = await typed('waybill token create --name ci --scope view --days 1', { folder: service.data })
    assert.equal(created.stdout, 'wb_once\n')
    assert.match(created.stderr, /may view until 2026-12-02 00:00:00Z\. It is shown this once/)
    assert.deepEqual((service.asked[0]!.body as { scopes: string[] }).scopes, ['view'])
    const listed = await typed(`waybill token list && waybill token revoke ${guid(7)}`, { folder: service.data })
    assert.equal(listed.code, 0, listed.stderr)
    assert.match(
      listed.stdout,
      /^Id +Name +Scopes +Owner +Expires +Last used\n0{8}-\S+ +ci +view +ann +2026-12-02 00:00:00Z +never\n$/,
    )
    assert.equal(service.of('revokeToken')[0]?.params['id'], guid(7))
  })
})
