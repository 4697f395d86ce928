import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { FOREIGN_COMPLETE } from '../cmdlet/foreign.ts'
import { batchIdentity } from '../cmdlet/identities.ts'

export const completeMigrationBatch = cmdlet({
  name: 'Complete-MigrationBatch',
  synopsis: 'Completes a migration batch, which IMAP batches do not have.',
  description:
    'Refused for IMAP: such a batch has no completion and ends with Stop-MigrationBatch or Remove-MigrationBatch. Use Set-MigrationBatch -SyncNow to bring what came since the last sync.',
  impact: 'low',
  parameters: { Identity: batchIdentity },
  foreign: FOREIGN_COMPLETE,
  examples: [{ code: 'Complete-MigrationBatch IMAPBatch1', says: 'Is refused, with what to do instead.' }],
  async run({ Identity }, { client, should, target }) {
    if (await should(target)) await client.ask(ROUTES.completeBatch, { params: { identity: Identity } })
  },
})
