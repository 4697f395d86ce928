/** Whether mail could be written to a database now. A failure is a result. */
import { mkdtempSync, rmdirSync, statSync, statfsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Fault } from '#base/fault.ts'
import { badValue } from '#base/request-faults.ts'
import { sentence } from '#base/sentence.ts'
import type { Call } from '#contract/calls.ts'
import type { DatabaseTest } from '#contract/database.ts'
import { LIMITS } from '#contract/limits.ts'
import type { testDatabase as testRoute } from '#contract/routes/databases.ts'
import { probeImap } from '#mailbox/imap/session.ts'
import { errno, maildirFault } from '#mailbox/maildir/faults.ts'
import { type DatabaseRow, findDatabase } from '#store/service/databases.ts'
import { imapSecurity } from '../endpoint/imap-security.ts'
import { warnOfRoot } from '../migrate/maildir-root.ts'
import { databaseLogin } from './database-target.ts'
import type { DatabaseDeps } from './database-use-cases.ts'
import { fixedFolder, rootsFor } from './maildir-path.ts'
import { testServer } from './verify-database.ts'

export async function testDatabase(deps: DatabaseDeps, call: Call<typeof testRoute>): Promise<DatabaseTest> {
  const row = await findDatabase(deps.store, call.params.identity)
  const { testMailbox } = call.body
  if (row.kind === 'Maildir' && testMailbox !== undefined) {
    throw badValue('testMailbox', 'does not belong to a database of kind Maildir')
  }
  try {
    if (row.kind === 'Maildir') {
      // Counts as a connection test: it writes to a disk that may be far away.
      deps.tester.admit(call.principal)
      return { result: 'Success', errorDetail: '', ...tryFolder(row, deps) }
    }
    const message = await tryServer(row, testMailbox, deps, call)
    return { result: 'Success', message, errorDetail: '', warnings: [], freeBytes: null }
  } catch (thrown) {
    if (
      !(thrown instanceof Fault) ||
      ['bug', 'instance'].includes(thrown.scope) ||
      thrown.code === 'TOO_MANY_REQUESTS'
    ) {
      throw thrown
    }
    const message = sentence(thrown.message)
    return { result: 'Failed', message, errorDetail: thrown.remedy ?? '', warnings: [], freeBytes: null }
  }
}

async function tryServer(
  row: DatabaseRow,
  testMailbox: string | undefined,
  { tester, secrets, outgoing }: DatabaseDeps,
  call: Call<typeof testRoute>,
): Promise<string> {
  await testServer(row, tester, call)
  const answers = `The mail server ${row.server} answers on port ${row.port} with security ${row.security}.`
  if (testMailbox === undefined) return `${answers} Nobody was logged in: name a testMailbox for that.`
  const user = { rowNumber: 0, emailAddress: testMailbox, targetUserName: null, targetPassword: null }
  if (row.login_template === null) {
    throw badValue(
      'testMailbox',
      `cannot be logged in to: the database "${row.name}" has no loginTemplate`,
      'Leave testMailbox out, or give the database loginTemplate, adminUserName and adminPassword.',
    )
  }
  const ms = LIMITS.connectionTestMs
  const { folders } = await probeImap({
    host: row.server!,
    port: row.port!,
    security: imapSecurity(row.security!),
    acceptUntrusted: row.accept_untrusted,
    allowClearText: row.allow_clear_text,
    ...databaseLogin(row, user, secrets),
    outgoing,
    deadlines: { connectMs: ms, tlsMs: ms, greetingMs: ms, loginMs: ms, silenceMs: ms },
  })
  return `${answers} The mailbox of ${testMailbox} was opened: ${folders} ${folders === 1 ? 'folder' : 'folders'}.`
}

function tryFolder(
  row: DatabaseRow,
  { allowedRoots }: DatabaseDeps,
): Pick<DatabaseTest, 'message' | 'warnings' | 'freeBytes'> {
  const root = fixedFolder(row.path!)
  rootsFor(row.path!, allowedRoots)
  let there = root
  // What is missing is made with the first mail.
  while (!statSync(there, { throwIfNoEntry: false })) there = dirname(there)
  try {
    rmdirSync(mkdtempSync(join(there, '.waybill-test-')))
    const { bavail, bsize } = statfsSync(there)
    const freeBytes = Math.min(bavail * bsize, Number.MAX_SAFE_INTEGER)
    const gigabytes = freeBytes / 1e9
    const free = `${gigabytes < 10 ? gigabytes.toFixed(1) : Math.floor(gigabytes)} GB are free`
    const made = there === root ? '' : ', which is made with the first mail,'
    const warnings: string[] = []
    warnOfRoot(row.path!, (event) => event.kind === 'warning' && warnings.push(event.text))
    const message = `The Maildir folder ${root}${made} can be written, and ${free} there.`
    return { message, warnings: warnings.map(sentence), freeBytes }
  } catch (thrown) {
    throw errno(thrown) === '' ? thrown : maildirFault(thrown, 'writing into', there)
  }
}
