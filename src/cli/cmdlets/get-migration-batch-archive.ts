import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { FOREIGN_GET } from '../cmdlet/foreign.ts'
import { resultSize } from '../cmdlet/identities.ts'
import { shape } from '../cmdlet/shape.ts'
import { pageSizeFor, takeResults } from '../cmdlet/take-results.ts'
import { hasWildcard } from '../cmdlet/wildcard.ts'

export const getMigrationBatchArchive = cmdlet({
  name: 'Get-MigrationBatchArchive',
  synopsis: 'Shows batches that were removed.',
  description:
    'Shows what is kept of removed batches: when and by whom they were removed, and why, their settings and totals. Get-MigrationReport -IncludeArchived lists their reports, among them the list of their waybills.',
  parameters: {
    Identity: {
      type: 'string',
      position: 0,
      help: 'Name or BatchGuid; of several that had the name, the one removed last. A name may hold * and ?.',
    },
    ResultSize: resultSize,
  },
  foreign: FOREIGN_GET,
  examples: [
    { code: 'Get-MigrationBatchArchive', says: 'Lists removed batches, the last one first.' },
    { code: 'Get-MigrationBatchArchive IMAPBatch1 | Format-List', says: 'Shows all that is kept of one.' },
  ],
  async *run({ Identity, ResultSize }, call) {
    if (Identity !== undefined && !hasWildcard(Identity)) {
      const batch = await call.client.ask(ROUTES.getArchivedBatch, { params: { identity: Identity } })
      yield shape('MigrationBatchArchive', batch)
      return
    }
    const batches = call.client.list(ROUTES.listArchivedBatches, {}, pageSizeFor(ResultSize, Identity))
    yield* takeResults(batches, { type: 'MigrationBatchArchive', size: ResultSize, pattern: Identity }, call)
  },
})
