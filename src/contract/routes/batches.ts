import { z } from 'zod'
import { ArchivedBatch, BatchQuery, CsvFile, CsvFileCheck, MigrationBatch, NewBatch, SetBatch } from '../batch.ts'
import { BATCH_TAG } from '../tags.ts'
import { Identity, PageQuery, QueryFlag, pageOf } from '../values.ts'
import { route } from './route.ts'

const params = z.object({ identity: Identity })

export const uploadCsv = route({
  method: 'POST',
  path: '/csv-files',
  name: 'uploadCsv',
  summary: 'Uploads and checks a CSV file; NewBatch and SetBatch name it by its id for an hour',
  scope: 'migration',
  query: z.object({ allowUnknownColumns: QueryFlag.optional() }),
  bodyType: 'csv',
  answer: CsvFile,
  status: 201,
})
export const checkCsvFile = route({
  method: 'GET',
  path: '/csv-files/:csvFile/check',
  name: 'checkCsvFile',
  summary: 'What a batch of an uploaded CSV file would refuse, row by row; nothing is created',
  scope: 'migration',
  params: z.object({ csvFile: z.uuid() }),
  query: z.object({
    sourceEndpoint: Identity,
    /** Else the default one. */
    targetDatabase: Identity.optional(),
    allowUnknownColumns: QueryFlag.optional(),
  }),
  answer: CsvFileCheck,
})
export const getCsvTemplate = route({
  method: 'GET',
  path: '/csv-template',
  name: 'getCsvTemplate',
  summary: 'A CSV file to write the users into',
  scope: 'view',
  answerType: 'csv',
})
export const listBatches = route({
  method: 'GET',
  path: '/batches',
  name: 'listBatches',
  summary: 'Migration batches',
  scope: 'view',
  query: BatchQuery,
  answer: pageOf(MigrationBatch),
})
export const getBatch = route({
  method: 'GET',
  path: '/batches/:identity',
  name: 'getBatch',
  summary: 'One migration batch',
  scope: 'view',
  params,
  answer: MigrationBatch,
  tag: BATCH_TAG,
})
export const createBatch = route({
  method: 'POST',
  path: '/batches',
  name: 'createBatch',
  summary: 'Creates a migration batch',
  scope: 'migration',
  body: NewBatch,
  answer: MigrationBatch,
  status: 201,
  tag: BATCH_TAG,
})
export const updateBatch = route({
  method: 'PATCH',
  path: '/batches/:identity',
  name: 'updateBatch',
  summary: 'Changes a migration batch, adds users to it, asks for a sync now',
  scope: 'migration',
  params,
  body: SetBatch,
  answer: MigrationBatch,
  tag: BATCH_TAG,
})
const command = (verb: string, summary: string) =>
  route({
    method: 'POST',
    path: `/batches/:identity/${verb}`,
    name: `${verb}Batch`,
    summary,
    scope: 'migration',
    params,
    answer: MigrationBatch,
    status: 202,
  })
export const startBatch = command('start', 'Starts or resumes a batch; of a running one, retries the failed users')
export const stopBatch = command('stop', 'Stops a batch; what is in flight lands first')
export const completeBatch = command('complete', 'Refused for IMAP, which has no completion')
export const removeBatch = route({
  method: 'DELETE',
  path: '/batches/:identity',
  name: 'removeBatch',
  summary: 'Removes a batch with its users; no migrated mail is deleted',
  scope: 'migration',
  params,
  answer: MigrationBatch,
  status: 202,
  tag: BATCH_TAG,
})
export const listArchivedBatches = route({
  method: 'GET',
  path: '/archived-batches',
  name: 'listArchivedBatches',
  summary: 'Batches that were removed, the last one first; /reports exports what they did',
  scope: 'view',
  query: PageQuery.extend({
    /** Part of a name. */
    search: z.string().max(200).optional(),
  }),
  answer: pageOf(ArchivedBatch),
})
export const getArchivedBatch = route({
  method: 'GET',
  path: '/archived-batches/:identity',
  name: 'getArchivedBatch',
  summary: 'One batch that was removed: the last of its name, or the one of a Guid',
  scope: 'view',
  params,
  answer: ArchivedBatch,
})
