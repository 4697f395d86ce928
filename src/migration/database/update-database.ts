import { badValue } from '#base/request-faults.ts'
import type { Call } from '#contract/calls.ts'
import type { MailboxDatabase } from '#contract/database.ts'
import type { updateDatabase as updateRoute } from '#contract/routes/databases.ts'
import { type DatabaseChanges, type DatabaseRow, changeDatabase, findDatabase } from '#store/service/databases.ts'
import { type Settled, settle } from './database-fields.ts'
import { adminPasswordPlace } from './database-target.ts'
import type { DatabaseDeps } from './database-use-cases.ts'
import { markFolder } from './folder-mark.ts'
import { showDatabase, showUsed } from './show-database.ts'
import { verifyDatabase } from './verify-database.ts'

export async function updateDatabase(
  { store, secrets, tester, allowedRoots }: DatabaseDeps,
  call: Call<typeof updateRoute>,
): Promise<MailboxDatabase> {
  const { isDefault, skipVerification = false, ...fields } = call.body
  const before = await findDatabase(store, call.params.identity)
  // Before somebody's server is bothered; what counts is the same question below.
  call.precondition?.check(showDatabase(before))
  const wanted = settle(before.kind, fields, before, allowedRoots)
  if (placeOf(wanted) !== placeOf(before) && !skipVerification) await verifyDatabase(wanted, tester, call)
  if (fields.path !== undefined && wanted.path !== null && !skipVerification) markFolder(wanted.path, before.id)
  const decide = (row: DatabaseRow): DatabaseChanges => {
    call.precondition?.check(showDatabase(row))
    if (isDefault === false && row.is_default) {
      throw badValue(
        'isDefault',
        'cannot be taken from the default database, only given to another',
        'Set isDefault on the database that is to be the default.',
      )
    }
    return {
      // Somebody else may have changed the other half meanwhile.
      ...settle(row.kind, fields, row, allowedRoots),
      ...(fields.adminPassword == null
        ? {}
        : { admin_password: secrets.seal(fields.adminPassword, adminPasswordPlace(row.id)) }),
      ...(fields.adminPassword === null ? { admin_password: null } : {}),
      ...(isDefault === true ? { is_default: true } : {}),
    }
  }
  return showUsed(store, await changeDatabase(store, before.id, decide))
}

/** What a verification depends on. */
const placeOf = ({ path, server, port, security, accept_untrusted }: Settled) =>
  JSON.stringify([path, server, port, security, accept_untrusted])
