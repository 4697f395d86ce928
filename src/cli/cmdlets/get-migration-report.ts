import { Fault } from '#base/fault.ts'
import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { BATCH_OBJECTS, REPORT_OBJECTS, resultSize } from '../cmdlet/identities.ts'
import { type PipeObject } from '../cmdlet/shape.ts'
import { pageSizeFor, takeResults } from '../cmdlet/take-results.ts'
import { hasWildcard } from '../cmdlet/wildcard.ts'

export const getMigrationReport = cmdlet({
  name: 'Get-MigrationReport',
  synopsis: 'Shows the reports of batches.',
  description:
    'Lists reports; Export-MigrationReport writes one as CSV. Those of removed batches are kept, and ArchivedTime says since when: they are shown with -IncludeArchived, or by -BatchId where no batch has the name any more.',
  parameters: {
    Identity: {
      type: 'string',
      position: 0,
      sets: ['Identity'],
      fromPipeline: REPORT_OBJECTS,
      completes: 'reports',
      help: 'Identity of the report; it may hold * and ?.',
    },
    BatchId: {
      type: 'string',
      sets: ['Batch'],
      fromPipeline: BATCH_OBJECTS,
      completes: 'batches',
      help: 'Only reports of this batch.',
    },
    IncludeArchived: { type: 'switch', help: 'Also reports of batches that were removed.' },
    ResultSize: resultSize,
  },
  examples: [
    { code: 'Get-MigrationReport -BatchId IMAPBatch1', says: 'Lists the reports of a batch.' },
    { code: 'Get-MigrationReport -IncludeArchived', says: 'Lists those of removed batches, too.' },
  ],
  async *run({ Identity, BatchId, IncludeArchived, ResultSize }, call) {
    const reports = call.client.list(
      ROUTES.listReports,
      // Whoever has the Identity of a report may have noted it before the batch was removed.
      { query: { batch: BatchId, includeArchived: IncludeArchived || Identity !== undefined ? 'true' : undefined } },
      pageSizeFor(ResultSize, Identity),
    )
    let found: PipeObject | null = null
    for await (const report of takeResults(
      reports,
      { type: 'MigrationReport', size: ResultSize, pattern: Identity },
      call,
    )) {
      found = report
      yield report
    }
    if (Identity !== undefined && !hasWildcard(Identity) && !found) {
      throw new Fault({
        code: 'REPORT_NOT_FOUND',
        scope: 'request',
        transient: false,
        message: `There is no report "${Identity}"`,
        remedy: 'Get-MigrationReport lists those that are there.',
        facts: { status: 404 },
      })
    }
  },
})
