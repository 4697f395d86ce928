import { z } from 'zod'
import { AdminAuditLogEvent, AuditFilters, AuditQuery } from '../audit.ts'
import { Identity } from '../values.ts'
import { route } from './route.ts'

export const searchAuditLog = route({
  method: 'GET',
  path: '/audit-log',
  name: 'searchAuditLog',
  summary: 'Who did what to which object, newest first',
  scope: 'organization',
  query: AuditQuery,
  // Without a total: counting millions of rows for each page would cost more than the page.
  answer: z.object({ items: z.array(AdminAuditLogEvent), nextCursor: z.string().nullable() }),
})
export const getAuditEvent = route({
  method: 'GET',
  path: '/audit-log/:identity',
  name: 'getAuditEvent',
  summary: 'One entry of the audit log',
  scope: 'organization',
  params: z.object({ identity: Identity }),
  answer: AdminAuditLogEvent,
})
export const exportAuditLog = route({
  method: 'GET',
  path: '/audit-log/export',
  name: 'exportAuditLog',
  summary: 'The audit log as CSV, newest first',
  scope: 'organization',
  query: AuditFilters,
  answerType: 'csv',
})
