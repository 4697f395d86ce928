import { randomUUID } from 'node:crypto'
import type { Call } from '#contract/calls.ts'
import type { MailboxDatabase } from '#contract/database.ts'
import type { createDatabase as createRoute } from '#contract/routes/databases.ts'
import { nameTaken } from '#base/request-faults.ts'
import { databaseWithId, insertDatabase, isDatabaseName } from '#store/service/databases.ts'
import { settle } from './database-fields.ts'
import { adminPasswordPlace } from './database-target.ts'
import type { DatabaseDeps } from './database-use-cases.ts'
import { markFolder } from './folder-mark.ts'
import { showDatabase } from './show-database.ts'
import { verifyDatabase } from './verify-database.ts'

export async function createDatabase(
  { store, secrets, tester, allowedRoots }: DatabaseDeps,
  call: Call<typeof createRoute>,
): Promise<MailboxDatabase> {
  const made = call.newId === undefined ? null : await databaseWithId(store, call.newId)
  if (made) return showDatabase(made)
  const { name, kind, isDefault = false, skipVerification = false, ...fields } = call.body
  const settled = settle(kind, fields, null, allowedRoots)
  if (await isDatabaseName(store, name)) throw nameTaken('mailbox database', name)
  if (!skipVerification) await verifyDatabase(settled, tester, call)
  const id = call.newId ?? randomUUID()
  const password = fields.adminPassword ?? null
  // A folder that is not looked at may be another host's: whoever has it marks it later.
  if (settled.path !== null && !skipVerification) markFolder(settled.path, id)
  const row = await insertDatabase(store, {
    ...settled,
    id,
    name,
    kind,
    admin_password: password === null ? null : secrets.seal(password, adminPasswordPlace(id)),
    is_default: isDefault,
  })
  return showDatabase(row)
}
