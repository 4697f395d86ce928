import { ROUTES } from '#contract/routes/all.ts'
import { batchBody, batchChoices } from '../cmdlet/batch-parameters.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { FOREIGN_BATCH } from '../cmdlet/foreign.ts'
import { batchIdentity } from '../cmdlet/identities.ts'
import { uploadCsv } from '../cmdlet/upload-csv.ts'
import { usage } from '../cmdlet/usage.ts'

export const setMigrationBatch = cmdlet({
  name: 'Set-MigrationBatch',
  synopsis: 'Changes a migration batch, adds users to it, or asks for a sync now.',
  description:
    'Changes the choices of a batch. With -CSVData the rows of users that are there are changed (a new password), and with -AddUsers those that are not there yet are added. -SyncNow brings what has come since, for users that are synced: the last step after the MX record was switched.',
  impact: 'low',
  parameters: {
    Identity: batchIdentity,
    CSVData: { type: 'path', help: 'Path of a CSV file with the same columns.' },
    AddUsers: { type: 'switch', help: 'Add the users of -CSVData that are not in the batch yet.' },
    SyncNow: { type: 'switch', help: 'Sync the users that are synced again now.' },
    Update: { type: 'switch', help: 'Begin passes that run anew, with the settings of now.' },
    ApproveSkippedItems: { type: 'switch', help: 'Accepted, and never needed for IMAP.' },
    HighestPriority: { type: 'bool', help: 'Its users go before those of all other batches.' },
    SourceEndpoint: {
      type: 'string',
      completes: 'endpoints',
      help: 'Another endpoint, while the batch is Created, Stopped or Failed.',
    },
    SkipReports: { type: 'bool', help: 'Mail no reports.' },
    ...batchChoices,
  },
  foreign: FOREIGN_BATCH,
  examples: [
    { code: 'Set-MigrationBatch IMAPBatch1 -SyncNow', says: 'Brings what came since the last sync.' },
    {
      code: 'Set-MigrationBatch IMAPBatch1 -AddUsers -CSVData more.csv',
      says: 'Adds the users of the file that are not in the batch yet.',
    },
    {
      code: 'Set-MigrationBatch IMAPBatch1 -NotificationEmails admin@contoso.com,desk@contoso.com -SkipReports $false',
      says: 'Changes who gets reports.',
    },
  ],
  async run({ Identity, ...values }, call) {
    if (values.AddUsers && values.CSVData === undefined)
      throw usage('-AddUsers needs -CSVData: the file with the users to add.')
    if (!(await call.should(call.target))) return
    const csvFile =
      values.CSVData === undefined ? undefined : await uploadCsv(values.CSVData, values.AllowUnknownColumnsInCsv, call)
    await call.client.ask(ROUTES.updateBatch, {
      params: { identity: Identity },
      body: {
        csvFile,
        addUsers: values.AddUsers,
        syncNow: values.SyncNow,
        update: values.Update,
        approveSkippedItems: values.ApproveSkippedItems,
        highestPriority: values.HighestPriority,
        sourceEndpoint: values.SourceEndpoint,
        ...batchBody(values),
      },
    })
  },
})
