import { ROUTES } from '#contract/routes/all.ts'
import { BATCH_STATUSES } from '#contract/states.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { FOREIGN_GET } from '../cmdlet/foreign.ts'
import { ENDPOINT_OBJECTS, batchIdentity, resultSize } from '../cmdlet/identities.ts'
import { shape } from '../cmdlet/shape.ts'
import { pageSizeFor, takeResults } from '../cmdlet/take-results.ts'
import { hasWildcard } from '../cmdlet/wildcard.ts'

export const getMigrationBatch = cmdlet({
  name: 'Get-MigrationBatch',
  synopsis: 'Shows migration batches.',
  description:
    'Shows one batch, those whose name matches a pattern, or all. A name that no batch has is an error, and never means all of them.',
  parameters: {
    Identity: {
      ...batchIdentity,
      mandatory: false,
      sets: ['Identity'],
      help: 'Name or BatchGuid of the batch; a name may hold * and ?.',
    },
    Status: { type: 'enum', values: BATCH_STATUSES, sets: ['List'], help: 'Only batches in this state.' },
    Endpoint: {
      type: 'string',
      sets: ['List'],
      fromPipeline: ENDPOINT_OBJECTS,
      completes: 'endpoints',
      help: 'Only batches of this source endpoint.',
    },
    IncludeReport: { type: 'switch', help: "Adds Reports: the batch's reports, which Export-MigrationReport exports." },
    ResultSize: resultSize,
  },
  foreign: FOREIGN_GET,
  examples: [
    { code: 'Get-MigrationBatch', says: 'Lists all batches.' },
    { code: 'Get-MigrationBatch -Identity IMAPBatch1 | Format-List', says: 'Shows all properties of one.' },
    { code: 'Get-MigrationBatch -Identity IMAPBatch1 | Format-List Status', says: 'Shows how far it is.' },
  ],
  async *run({ Identity, Status, Endpoint, IncludeReport, ResultSize }, call) {
    const { client } = call
    const withReports = async <T extends { batchGuid: string }>(batch: T) => {
      if (!IncludeReport) return batch
      const reports = await Array.fromAsync(client.list(ROUTES.listReports, { query: { batch: batch.batchGuid } }))
      return { ...batch, reports }
    }
    if (Identity !== undefined && !hasWildcard(Identity)) {
      const batch = await client.ask(ROUTES.getBatch, { params: { identity: Identity } })
      yield shape('MigrationBatch', await withReports(batch))
      return
    }
    const query = { status: Status, endpoint: Endpoint }
    const batches = client.list(ROUTES.listBatches, { query }, pageSizeFor(ResultSize, Identity))
    async function* each() {
      for await (const batch of batches) yield await withReports(batch)
    }
    yield* takeResults(each(), { type: 'MigrationBatch', size: ResultSize, pattern: Identity }, call)
  },
})
