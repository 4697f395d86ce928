import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { FOREIGN_COMMAND } from '../cmdlet/foreign.ts'
import { batchIdentity } from '../cmdlet/identities.ts'

export const startMigrationBatch = cmdlet({
  name: 'Start-MigrationBatch',
  synopsis: 'Starts a migration batch, or goes on with a stopped one.',
  description: 'Starts or resumes a batch. Of a batch that runs, the users that failed are tried again.',
  impact: 'low',
  parameters: { Identity: batchIdentity },
  foreign: FOREIGN_COMMAND,
  examples: [{ code: 'Start-MigrationBatch -Identity IMAPBatch1', says: 'Starts the batch.' }],
  async run({ Identity }, { client, should, target }) {
    if (await should(target)) await client.ask(ROUTES.startBatch, { params: { identity: Identity } })
  },
})
