/** The command lines of the issue and of the guides, typed in bash against a running service. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { dovecotMissing } from '#test/servers/dovecot.ts'
import { type ServiceWorld, csvOf, environment, startServiceWorld } from './world.ts'

const run = promisify(execFile)
const LAUNCHER = join(import.meta.dirname, '../../waybill')

let world: ServiceWorld

/** What one line prints, typed into a bash that has evaluated the aliases. */
async function bash(line: string): Promise<string> {
  const script = `set -o pipefail; eval "$('${LAUNCHER}' aliases)"; ${line}`
  const env = { ...process.env, ...environment({ dataFolder: world.served.dataFolder }) }
  const { stdout, stderr } = await run('bash', ['-c', script], { env, cwd: world.folder })
  return stdout + stderr
}

describe('the lines of the guides, in bash', { skip: dovecotMissing() }, () => {
  before(async () => {
    world = await startServiceWorld('lines', ['u1', 'u2', 'u3'])
    writeFileSync(join(world.folder, 'users.csv'), csvOf([['u1'], ['u2'], ['u3', 'wrong']]))
  })
  after(() => world[Symbol.asyncDispose]())

  test('Test-MigrationServerAvailability answers Success, and Failed as a result', async () => {
    const line = 'Test-MigrationServerAvailability -IMAP -RemoteServer localhost -Security'
    const good = await bash(`${line} None -Port ${world.source.port} | Format-List Result,Message`)
    assert.match(good, /^Result\s+: Success$/m)
    const tls = await bash(
      `${line} Ssl -Port ${world.source.tlsPort} -AcceptUntrustedCertificates | Format-List Result`,
    )
    assert.match(tls, /^Result\s+: Success$/m)
    assert.match(await bash(`${line} Ssl -Port 1 | Format-List Result`), /^Result\s+: Failed$/m)
  })

  test('New-MailboxDatabase and New-MigrationEndpoint, shown with Format-List and a wildcard', async () => {
    await bash(`New-MailboxDatabase -Name Store1 -Kind Maildir -Path ${world.folder}/mail`)
    await bash(
      `New-MigrationEndpoint -IMAP -Name IMAPEndpoint -RemoteServer localhost -Port ${world.source.port} -Security Tls -AcceptUntrustedCertificates -MaxConcurrentMigrations 50 -MaxConcurrentIncrementalSyncs 25`,
    )
    const shown = await bash(
      'Get-MigrationEndpoint IMAPEndpoint | Format-List EndpointType,RemoteServer,Port,Security,Max*',
    )
    assert.match(shown, /^EndpointType\s+: IMAP$/m)
    assert.match(shown, /^RemoteServer\s+: localhost$/m)
    assert.match(shown, /^Security\s+: Tls$/m)
    assert.match(shown, /^MaxConcurrentMigrations\s+: 50$/m)
    assert.match(shown, /^MaxConcurrentIncrementalSyncs\s+: 25$/m)
  })

  test('New-MigrationBatch -AutoStart runs; the failed user is piped into Start-MigrationUser; Remove-MigrationBatch', async () => {
    await bash('New-MigrationBatch -Name IMAPBatch1 -SourceEndpoint IMAPEndpoint -CSVData users.csv -AutoStart')
    await world.served.reaches('IMAPBatch1', 'SyncedWithErrors')
    assert.match(
      await bash('Get-MigrationBatch -Identity IMAPBatch1 | Format-List Status'),
      /^Status\s*: SyncedWithErrors$/m,
    )
    for (const user of ['u1', 'u2']) assert.deepEqual(await world.differences(user), [])
    const last = (await world.served.events()).at(-1)!.id
    await bash('Get-MigrationUser -BatchId IMAPBatch1 -Status Failed | Start-MigrationUser')
    await world.served.reaches('IMAPBatch1', 'SyncedWithErrors')
    const events = await world.served.events(last)
    assert.deepEqual(
      new Set(events.flatMap(({ user }) => (user === null ? [] : [user]))),
      new Set(['u3@contoso.example']),
    )
    const refused = await bash('Remove-MigrationBatch -Identity IMAPBatch1 < /dev/null').catch(
      (thrown: Error) => thrown,
    )
    assert.ok(refused instanceof Error, 'without a terminal nothing is removed unasked')
    await bash('Remove-MigrationBatch -Identity IMAPBatch1 -Confirm:$false')
    const gone = await bash('until ! Get-MigrationBatch IMAPBatch1 2>err >/dev/null; do :; done; cat err')
    assert.match(gone, /There is no migration batch "IMAPBatch1"/)
  })
})
