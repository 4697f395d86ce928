/** The audit log, in the terms of Exchange's Search-AdminAuditLog; Via, ClientAddress and ObjectGuid are ours. */
import { z } from 'zod'
import { LIMITS } from './limits.ts'
import { DateTime, QueryFlag } from './values.ts'

export const AUDIT_VIAS = ['Socket', 'Token', 'Session', 'Service'] as const

export const AdminAuditLogEvent = z.object({
  identity: z.uuid(),
  runDate: DateTime,
  caller: z.string(),
  /** The cmdlet that does the same, also where the API was asked. */
  cmdletName: z.string(),
  /** Name of the object; empty where there is none. */
  objectModified: z.string(),
  objectGuid: z.uuid().nullable(),
  /** Secrets are `***`. */
  cmdletParameters: z.array(z.object({ name: z.string(), value: z.string().nullable() })),
  /** Of a secret the new value is `changed` or `removed`. */
  modifiedProperties: z.array(
    z.object({ name: z.string(), oldValue: z.string().nullable(), newValue: z.string().nullable() }),
  ),
  /** Null while it runs, and for ever when the service ended before it was over: the outcome is unknown. */
  succeeded: z.boolean().nullable(),
  error: z.string(),
  /** Service: nobody asked for it at that moment, its settings or its clock did. */
  via: z.enum(AUDIT_VIAS),
  clientAddress: z.string().nullable(),
})
export type AdminAuditLogEvent = z.infer<typeof AdminAuditLogEvent>

/** `A,B`; a comma that is part of a name is written `\,`. */
const Names = z
  .string()
  .max(4000)
  .transform((text) =>
    text
      .split(/(?<!\\),/)
      .map((name) => name.replaceAll('\\,', ',').trim())
      .filter((name) => name !== ''),
  )
  .describe('A,B; a comma within a name is written \\,')

/** As a query string has it. */
export const namesText = (names: readonly string[]): string => names.map((name) => name.replaceAll(',', '\\,')).join()

export const AuditFilters = z.object({
  startDate: DateTime.optional(),
  /** Not included. */
  endDate: DateTime.optional(),
  cmdlets: Names.optional(),
  /** Names or Guids. */
  objectIds: Names.optional(),
  /** Callers. */
  userIds: Names.optional(),
  /** false: what failed, and what nobody knows the outcome of. */
  succeeded: QueryFlag.optional(),
  /** Part of caller, cmdlet, object, address or error. */
  search: z.string().trim().min(1).max(200).optional(),
})

export const AuditQuery = AuditFilters.extend({
  limit: z.coerce.number().int().min(1).max(LIMITS.pageSize).default(100),
  cursor: z.string().max(2000).optional(),
})
