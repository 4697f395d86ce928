import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { FOREIGN_GET } from '../cmdlet/foreign.ts'
import { userBatch, userIdentity } from '../cmdlet/identities.ts'
import { shape } from '../cmdlet/shape.ts'

const flag = (value: boolean | undefined) => (value === undefined ? undefined : value ? 'true' : 'false')

export const getMigrationUserStatistics = cmdlet({
  name: 'Get-MigrationUserStatistics',
  synopsis: 'Shows what was carried for a user, how fast, what was not and why.',
  description: 'Shows counts, times and errors of one user, and when asked for its passes and the items left out.',
  parameters: {
    Identity: userIdentity,
    BatchId: userBatch,
    IncludeReport: { type: 'switch', help: 'Adds Report: one entry for each pass, newest first.' },
    IncludeSkippedItems: { type: 'switch', help: 'Adds SkippedItems: what was left out, and why.' },
    LimitSkippedItemsTo: { type: 'int', help: 'The most skipped items to return.' },
  },
  foreign: FOREIGN_GET,
  examples: [
    {
      code: 'Get-MigrationUserStatistics anna@contoso.com -IncludeSkippedItems | Select-Object -ExpandProperty SkippedItems | Format-Table FolderName,Subject,Failure',
      says: 'Shows which messages were left out.',
    },
  ],
  async run({ Identity, BatchId, IncludeReport, IncludeSkippedItems, LimitSkippedItemsTo }, { client }) {
    const answer = await client.ask(ROUTES.getUserStatistics, {
      params: { identity: Identity },
      query: {
        batch: BatchId,
        includeReport: flag(IncludeReport),
        includeSkippedItems: flag(IncludeSkippedItems),
        limitSkippedItemsTo: LimitSkippedItemsTo,
      },
    })
    return shape('MigrationUserStatistics', answer)
  },
})
