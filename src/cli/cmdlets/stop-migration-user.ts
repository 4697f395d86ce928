import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { FOREIGN_COMMAND } from '../cmdlet/foreign.ts'
import { userBatch, userIdentity } from '../cmdlet/identities.ts'

export const stopMigrationUser = cmdlet({
  name: 'Stop-MigrationUser',
  synopsis: 'Stops one user of a batch.',
  description: 'Stops one user; what is in flight lands first. Start-MigrationUser goes on where it stopped.',
  impact: 'high',
  parameters: { Identity: userIdentity, BatchId: userBatch },
  foreign: FOREIGN_COMMAND,
  examples: [{ code: 'Stop-MigrationUser anna@contoso.com', says: 'Stops one user after asking.' }],
  async run({ Identity, BatchId }, { client, should, target }) {
    if (!(await should(target, () => `Stopping the migration of ${target}.`))) return
    await client.ask(ROUTES.stopUser, { params: { identity: Identity }, query: { batch: BatchId } })
  },
})
