import { z } from 'zod'
import {
  ApiToken,
  CreatedToken,
  MigrationConfig,
  MigrationReport,
  MigrationStatistics,
  NewToken,
  ReportUser,
  ServiceEvent,
  SetConfig,
} from '../organization.ts'
import { CONFIG_TAG } from '../tags.ts'
import { Identity, PageQuery, QueryFlag, Search, pageOf } from '../values.ts'
import { route } from './route.ts'

export const getStatistics = route({
  method: 'GET',
  path: '/statistics',
  name: 'getStatistics',
  summary: 'Totals over all batches',
  scope: 'view',
  answer: MigrationStatistics,
})
export const getConfig = route({
  method: 'GET',
  path: '/config',
  name: 'getConfig',
  summary: 'Settings of the service',
  scope: 'view',
  answer: MigrationConfig,
  tag: CONFIG_TAG,
})
export const updateConfig = route({
  method: 'PATCH',
  path: '/config',
  name: 'updateConfig',
  summary: 'Changes settings of the service',
  scope: 'organization',
  body: SetConfig,
  answer: MigrationConfig,
  tag: CONFIG_TAG,
})
export const listReports = route({
  method: 'GET',
  path: '/reports',
  name: 'listReports',
  summary: 'Reports of batches',
  scope: 'view',
  query: PageQuery.extend({
    /** A batch that is there, else those that were removed. */
    batch: Identity.optional(),
    /** Reports of removed batches, too. */
    includeArchived: QueryFlag.default(false),
    search: Search.optional(),
  }),
  answer: pageOf(MigrationReport),
})
export const listReportUsers = route({
  method: 'GET',
  path: '/report-users',
  name: 'listReportUsers',
  summary: 'What became of the users of a batch, there or removed, in the order of the CSV file',
  scope: 'view',
  query: PageQuery.omit({ sort: true }).extend({
    /** A batch that is there, else the last one of its name that was removed. */
    batch: Identity,
    /** Those that failed, or those with skipped messages. */
    show: z.enum(['All', 'Failed', 'Skipped']).default('All'),
  }),
  answer: pageOf(ReportUser),
})
export const exportReport = route({
  method: 'GET',
  path: '/reports/:identity',
  name: 'exportReport',
  summary: 'A report as CSV, whole or a part of its rows',
  scope: 'view',
  params: z.object({ identity: Identity }),
  query: z.object({
    startingRowIndex: z.coerce.number().int().min(0).optional(),
    rowCount: z.coerce.number().int().min(1).optional(),
  }),
  answerType: 'csv',
})
export const listEvents = route({
  method: 'GET',
  path: '/events',
  name: 'listEvents',
  summary: 'The event log, oldest first',
  scope: 'view',
  query: z.object({
    after: z.coerce.number().int().min(0).default(0),
    limit: z.coerce.number().int().min(1).max(10_000).default(1000),
    batch: Identity.optional(),
  }),
  answer: z.object({ items: z.array(ServiceEvent), last: z.int() }),
})
export const streamEvents = route({
  method: 'GET',
  path: '/event-stream',
  name: 'streamEvents',
  summary: 'The event log as server-sent events, from `after` or Last-Event-ID on',
  scope: 'view',
  query: z.object({ after: z.coerce.number().int().min(0).optional(), batch: Identity.optional() }),
  answerType: 'events',
})
export const listTokens = route({
  method: 'GET',
  path: '/tokens',
  name: 'listTokens',
  summary: 'API tokens, without their secrets',
  scope: 'organization',
  query: PageQuery.extend({ search: Search.optional() }),
  answer: pageOf(ApiToken),
})
export const createToken = route({
  method: 'POST',
  path: '/tokens',
  name: 'createToken',
  summary: 'Creates an API token and shows it this once',
  scope: 'organization',
  body: NewToken,
  answer: CreatedToken,
  status: 201,
})
export const revokeToken = route({
  method: 'DELETE',
  path: '/tokens/:id',
  name: 'revokeToken',
  summary: 'Ends an API token',
  scope: 'organization',
  params: z.object({ id: z.uuid() }),
})
