import { counted } from '#base/counted.ts'
import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { FOREIGN_COMMAND } from '../cmdlet/foreign.ts'
import { batchIdentity } from '../cmdlet/identities.ts'

export const removeMigrationBatch = cmdlet({
  name: 'Remove-MigrationBatch',
  synopsis: 'Removes a migration batch with its users.',
  description:
    'Removes a batch that does not run, its users and their stored passwords. No migrated mail is deleted, and its reports stay (Get-MigrationReport -IncludeArchived). Mail that still arrives at the source is not brought any more: wait until the MX record is known everywhere, 72 hours at least.',
  impact: 'high',
  parameters: { Identity: batchIdentity },
  foreign: FOREIGN_COMMAND,
  examples: [
    { code: 'Remove-MigrationBatch -Identity IMAPBatch1', says: 'Removes the batch after asking.' },
    {
      code: 'Get-MigrationBatch -Status Completed | Remove-MigrationBatch -Confirm:$false',
      says: 'Removes all that are completed without asking.',
    },
  ],
  async run({ Identity }, { client, should, target }) {
    const params = { identity: Identity }
    const question = async () => {
      const { identity, totalCount, status } = await client.ask(ROUTES.getBatch, { params })
      return `Removing the migration batch "${identity}" (${status}) with ${counted(totalCount, 'mailbox', 'mailboxes')}: its users and their stored passwords go. Migrated mail and its reports stay, and mail that still arrives at the source is not brought any more.`
    }
    if (await should(target, question)) await client.ask(ROUTES.removeBatch, { params })
  },
})
