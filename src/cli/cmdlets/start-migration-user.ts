import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { FOREIGN_COMMAND } from '../cmdlet/foreign.ts'
import { userBatch, userIdentity } from '../cmdlet/identities.ts'

export const startMigrationUser = cmdlet({
  name: 'Start-MigrationUser',
  synopsis: 'Tries a user again that failed, or goes on with a stopped one.',
  description: 'Retries or resumes one user of a batch, where the rest of the batch stays as it is.',
  impact: 'low',
  parameters: { Identity: userIdentity, BatchId: userBatch },
  foreign: FOREIGN_COMMAND,
  examples: [
    { code: 'Start-MigrationUser anna@contoso.com', says: 'Tries one user again.' },
    {
      code: 'Get-MigrationUser -BatchId IMAPBatch1 -Status Failed | Start-MigrationUser',
      says: 'Tries all users of a batch again that failed.',
    },
  ],
  async run({ Identity, BatchId }, { client, should, target }) {
    if (!(await should(target))) return
    await client.ask(ROUTES.startUser, { params: { identity: Identity }, query: { batch: BatchId } })
  },
})
