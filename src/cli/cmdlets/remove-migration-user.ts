import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { FOREIGN_COMMAND } from '../cmdlet/foreign.ts'
import { userBatch, userIdentity } from '../cmdlet/identities.ts'

export const removeMigrationUser = cmdlet({
  name: 'Remove-MigrationUser',
  synopsis: 'Takes a user out of its batch.',
  description: 'Removes a user and its stored password from its batch. No migrated mail is deleted.',
  impact: 'high',
  parameters: { Identity: userIdentity, BatchId: userBatch },
  foreign: { ...FOREIGN_COMMAND, IncludeAssociatedUsers: 'cross-tenant moves, whose users have auxiliary archives' },
  examples: [{ code: 'Remove-MigrationUser anna@contoso.com', says: 'Takes one user out after asking.' }],
  async run({ Identity, BatchId }, { client, should, target }) {
    const params = { identity: Identity }
    const query = { batch: BatchId }
    const question = async () => {
      const { identity, batchId, status } = await client.ask(ROUTES.getUser, { params, query })
      return `Removing the user ${identity} (${status}) from the migration batch "${batchId}": one mailbox. Migrated mail stays.`
    }
    if (await should(target, question)) await client.ask(ROUTES.removeUser, { params, query })
  },
})
