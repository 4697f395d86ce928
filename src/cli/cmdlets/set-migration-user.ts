import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { FOREIGN_COMMAND } from '../cmdlet/foreign.ts'
import { userBatch, userIdentity } from '../cmdlet/identities.ts'

export const setMigrationUser = cmdlet({
  name: 'Set-MigrationUser',
  synopsis: 'Changes one user of a batch, or asks for a sync now.',
  description: 'Sets for one user what its batch sets for all, which it then overrides.',
  impact: 'low',
  parameters: {
    Identity: userIdentity,
    BatchId: userBatch,
    StartAfter: {
      type: 'dateTime',
      nullable: true,
      help: 'Mail begins to move after this time; without a zone it is UTC. $null: as the batch.',
    },
    CompleteAfter: { type: 'dateTime', help: 'Refused: IMAP has no completion.' },
    SyncNow: { type: 'switch', help: 'Sync the user again now.' },
    ApproveSkippedItems: { type: 'switch', help: 'Accepted, and never needed for IMAP.' },
  },
  foreign: FOREIGN_COMMAND,
  examples: [{ code: 'Set-MigrationUser anna@contoso.com -SyncNow', says: 'Brings what came since the last sync.' }],
  async run(
    { Identity, BatchId, StartAfter, CompleteAfter, SyncNow, ApproveSkippedItems },
    { client, should, target },
  ) {
    if (!(await should(target))) return
    await client.ask(ROUTES.updateUser, {
      params: { identity: Identity },
      query: { batch: BatchId },
      body: {
        startAfter: StartAfter,
        completeAfter: CompleteAfter,
        syncNow: SyncNow,
        approveSkippedItems: ApproveSkippedItems,
      },
    })
  },
})
