/** What is tried before a database is stored: a server is contacted, a folder is there or is made. */
import { accessSync, constants, lchownSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { Fault } from '#base/fault.ts'
import { errno, rootRefused } from '#mailbox/maildir/faults.ts'
import type { Asker, ConnectionTester } from '../endpoint/connection-tester.ts'
import type { Settled } from './database-fields.ts'
import { fixedFolder } from './maildir-path.ts'

/** @throws Fault MIGRATION_SERVER_CONNECTION_FAILED, TOO_MANY_REQUESTS, TARGET_ROOT_REFUSED */
export async function verifyDatabase(settled: Settled, tester: ConnectionTester, asker: Asker): Promise<void> {
  if (settled.path !== null) return prepareFolder(fixedFolder(settled.path))
  await testServer(settled, tester, asker)
}

export async function testServer(settled: Settled, tester: ConnectionTester, asker: Asker): Promise<void> {
  const settings = {
    remoteServer: settled.server!,
    port: settled.port!,
    security: settled.security!,
    acceptUntrustedCertificates: settled.accept_untrusted,
  }
  await tester.test(settings, asker, 'mail server')
}

/** Makes the folder when only itself is missing: a mistyped path must not become a tree of folders. */
function prepareFolder(path: string): void {
  const parent = dirname(path)
  const found = statSync(path, { throwIfNoEntry: false })
  try {
    if (!found) {
      if (!statSync(parent, { throwIfNoEntry: false })?.isDirectory()) {
        throw rootRefused(
          `the Maildir folder ${path} cannot be made, because ${parent} is not there`,
          'Make that folder, or correct the path.',
          { root: path },
        )
      }
      mkdirSync(path, 0o755)
      // Mail belongs to whom the folder belongs; never through a link that took its place.
      const { uid, gid } = statSync(parent)
      if (process.getuid?.() === 0) lchownSync(path, uid, gid)
    } else if (!found.isDirectory()) {
      throw rootRefused(`${path} is not a folder`, 'Name a folder.', { root: path })
    }
    accessSync(path, constants.W_OK | constants.X_OK)
  } catch (thrown) {
    if (thrown instanceof Fault || errno(thrown) === '') throw thrown
    throw rootRefused(
      `the Maildir folder ${path} cannot be written (${errno(thrown)})`,
      'Give the user that runs Waybill the right to write there.',
      { root: path },
    )
  }
}
