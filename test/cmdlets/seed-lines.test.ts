/** The command lines of Microsoft's guides, as printed, in a real bash. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { batch, csvFile, database, endpoint, guid, user } from './objects.ts'
import { onTerminal, typed } from './shell.ts'
import { StubService, page, problem } from './stub-service.ts'

const world = () =>
  new StubService({
    testConnection: () => ({
      result: 'Success',
      message: '',
      errorDetail: '',
      connectionSettings: {
        remoteServer: 'imap.contoso.com',
        port: 993,
        security: 'Ssl',
        authentication: 'Basic',
        acceptUntrustedCertificates: false,
        allowClearText: false,
      },
      supportsCutover: false,
      isValid: true,
    }),
    createDatabase: () => database(),
    createEndpoint: () => endpoint(),
    getEndpoint: ({ params }) =>
      params['identity'] === 'IMAPEndpoint' ? endpoint() : problem(404, 'ENDPOINT_NOT_FOUND', 'There is none.'),
    uploadCsv: () => csvFile,
    createBatch: () => batch({ status: 'Created' }),
    getBatch: () => batch(),
    listUsers: () => page([user(1), user(2)]),
    startUser: () => user(1),
    removeBatch: () => batch({ status: 'Removing' }),
  }).listen()

suite('Lines of the guides', () => {
  test('Test-MigrationServerAvailability', async () => {
    await using service = await world()
    const line = 'Test-MigrationServerAvailability -IMAP -RemoteServer imap.contoso.com -Port 993 -Security Ssl'
    const { stdout, code } = await typed(line, { folder: service.data })
    assert.equal(code, 0)
    assert.equal((JSON.parse(stdout) as { Result: string }).Result, 'Success')
    assert.deepEqual(service.asked[0]?.body, {
      endpointType: 'IMAP',
      remoteServer: 'imap.contoso.com',
      port: 993,
      security: 'Ssl',
    })
  })

  test('New-MailboxDatabase', async () => {
    await using service = await world()
    const ran = await typed('New-MailboxDatabase -Name Store1 -Kind Maildir -Path /srv/mail', { folder: service.data })
    assert.equal(ran.code, 0, ran.stderr)
    assert.deepEqual(service.asked[0]?.body, { name: 'Store1', kind: 'Maildir', path: '/srv/mail' })
  })

  test('New-MigrationEndpoint with its limits', async () => {
    await using service = await world()
    const line =
      'New-MigrationEndpoint -IMAP -Name IMAPEndpoint -RemoteServer imap.contoso.com -Port 143 -Security Tls -MaxConcurrentMigrations 50 -MaxConcurrentIncrementalSyncs 25'
    const ran = await typed(line, { folder: service.data })
    assert.equal(ran.code, 0, ran.stderr)
    assert.deepEqual(service.asked[0]?.body, {
      name: 'IMAPEndpoint',
      endpointType: 'IMAP',
      remoteServer: 'imap.contoso.com',
      port: 143,
      security: 'Tls',
      maxConcurrentMigrations: 50,
      maxConcurrentIncrementalSyncs: 25,
    })
  })

  test('Get-MigrationEndpoint | Format-List with a wildcard', async () => {
    await using service = await world()
    const line = 'Get-MigrationEndpoint IMAPEndpoint | Format-List EndpointType,RemoteServer,Port,Security,Max*'
    const { stdout, code } = await typed(line, { folder: service.data })
    assert.equal(code, 0)
    assert.equal(
      stdout,
      `
EndpointType                  : IMAP
RemoteServer                  : imap.contoso.com
Port                          : 143
Security                      : Tls
MaxConcurrentMigrations       : 50
MaxConcurrentIncrementalSyncs : 25

`,
    )
  })

  test('New-MigrationBatch streams the file and starts', async () => {
    await using service = await world()
    const rows = 'EmailAddress,UserName,Password\na@contoso.com,a,secret\n'
    writeFileSync(join(service.data, 'users.csv'), rows)
    const line = 'New-MigrationBatch -Name IMAPBatch1 -SourceEndpoint IMAPEndpoint -CSVData users.csv -AutoStart'
    const ran = await typed(line, { folder: service.data })
    assert.equal(ran.code, 0, ran.stderr)
    assert.deepEqual(
      service.asked.map(({ name, body }) => [name, body]),
      [
        ['uploadCsv', rows],
        [
          'createBatch',
          { name: 'IMAPBatch1', sourceEndpoint: 'IMAPEndpoint', csvFile: csvFile.csvFile, autoStart: true },
        ],
      ],
    )
  })

  test('New-MigrationBatch takes the file as the guide reads it, quoted for a shell', async () => {
    await using service = await world()
    writeFileSync(join(service.data, 'users.csv'), 'EmailAddress,UserName,Password\n')
    const line = `New-MigrationBatch -Name B -SourceEndpoint E -CSVData '([System.IO.File]::ReadAllBytes("users.csv"))'`
    const ran = await typed(line, { folder: service.data })
    assert.equal(ran.code, 0, ran.stderr)
  })

  test('Get-MigrationBatch | Format-List Status', async () => {
    await using service = await world()
    const line = 'Get-MigrationBatch -Identity IMAPBatch1 | Format-List Status'
    const { stdout } = await typed(line, { folder: service.data })
    assert.equal(stdout, '\nStatus : Synced\n\n')
  })

  test('Get-MigrationUser | Start-MigrationUser names users by their Guid', async () => {
    await using service = await world()
    const line = 'Get-MigrationUser -BatchId IMAPBatch1 -Status Failed | Start-MigrationUser'
    const ran = await typed(line, { folder: service.data })
    assert.deepEqual(ran, { stdout: '', stderr: '', code: 0 })
    assert.deepEqual(service.of('listUsers')[0]?.query, { batch: 'IMAPBatch1', status: 'Failed', limit: '1000' })
    assert.deepEqual(
      service.of('startUser').map(({ params }) => params['identity']),
      [guid(101), guid(102)],
    )
  })

  test('Remove-MigrationBatch asks, and names what goes', { skip: !existsSync('/usr/bin/script') }, async () => {
    await using service = await world()
    const answers = [['(default is "Y"): ', 'y\n']] as const
    const { shown, code } = await onTerminal('Remove-MigrationBatch -Identity IMAPBatch1', answers, {
      folder: service.data,
    })
    assert.equal(code, 0, shown)
    assert.match(shown, /Removing the migration batch "IMAPBatch1" \(Synced\) with 120 mailboxes/)
    assert.match(
      shown,
      /\[Y\] Yes {2}\[A\] Yes to All {2}\[N\] No {2}\[L\] No to All {2}\[\?\] Help \(default is "Y"\)/,
    )
    assert.equal(service.of('removeBatch').length, 1)
  })

  test('run in zsh, too', { skip: spawnSync('zsh', ['--version']).error !== undefined }, async () => {
    await using service = await world()
    // A script is read whole before its aliases are there; what is typed is not.
    const line = "eval 'Get-MigrationEndpoint IMAPEndpoint | Format-List Max*'"
    const { stdout, code } = await typed(line, { folder: service.data, shell: 'zsh' })
    assert.equal(code, 0)
    assert.match(stdout, /MaxConcurrentMigrations/)
  })
})
