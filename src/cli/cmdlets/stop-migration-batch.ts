import { counted } from '#base/counted.ts'
import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { FOREIGN_COMMAND } from '../cmdlet/foreign.ts'
import { batchIdentity } from '../cmdlet/identities.ts'

export const stopMigrationBatch = cmdlet({
  name: 'Stop-MigrationBatch',
  synopsis: 'Stops a migration batch.',
  description:
    'Stops the mailboxes that migrate or wait, and the incremental syncs. What is in flight lands first. Start-MigrationBatch goes on where it stopped.',
  impact: 'high',
  parameters: { Identity: batchIdentity },
  foreign: FOREIGN_COMMAND,
  examples: [{ code: 'Stop-MigrationBatch IMAPBatch1 -Confirm:$false', says: 'Stops the batch without asking.' }],
  async run({ Identity }, { client, should, target }) {
    const params = { identity: Identity }
    const question = async () => {
      const { identity, totalCount, activeCount } = await client.ask(ROUTES.getBatch, { params })
      return `Stopping the migration batch "${identity}" with ${counted(totalCount, 'mailbox', 'mailboxes')}, of which ${activeCount} are active.`
    }
    if (await should(target, question)) await client.ask(ROUTES.stopBatch, { params })
  },
})
