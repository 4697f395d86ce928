/** Row type of 0005-audit.sql (tables.ts). */
import type { Generated, JSONColumnType } from 'kysely'
import type { TimeOrNone } from './tables.ts'

export interface AdminAuditTable {
  n: Generated<number>
  id: string
  at: Generated<Date>
  caller: string
  caller_key: string
  via: 'Socket' | 'Token' | 'Session' | 'Service'
  client_address: string | null
  cmdlet: string
  cmdlet_key: string
  object: string
  object_key: string
  object_guid: string | null
  parameters: JSONColumnType<readonly { readonly name: string; readonly value: string | null }[]>
  modified: JSONColumnType<
    readonly { readonly name: string; readonly oldValue: string | null; readonly newValue: string | null }[]
  >
  result: Generated<'Started' | 'Succeeded' | 'Failed'>
  error_code: string | null
  error: string | null
  ended_at: TimeOrNone
}
