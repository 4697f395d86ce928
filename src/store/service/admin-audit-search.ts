/** The audit log read: newest first, a page at a time, without ever counting it. */
import type { Selectable } from 'kysely'
import type { AdminAuditTable } from '../audit-tables.ts'
import { isGuid, nameKey } from './named.ts'
import type { ServiceStore } from './service-store.ts'

export type AuditRow = Selectable<AdminAuditTable>

export interface AuditSearch {
  readonly from?: Date | undefined
  /** Not included. */
  readonly to?: Date | undefined
  readonly cmdlets?: readonly string[] | undefined
  /** Names or Guids. */
  readonly objects?: readonly string[] | undefined
  readonly callers?: readonly string[] | undefined
  readonly succeeded?: boolean | undefined
  readonly text?: string | undefined
}

/** The row that a page ends with. */
export interface AuditPlace {
  readonly at: Date
  readonly n: number
}

/** Conditions that are not asked for are not in the statement: an index is of use only for what is written plainly. */
export async function searchAudit(
  store: ServiceStore,
  search: AuditSearch,
  before: AuditPlace | null,
  limit: number,
): Promise<AuditRow[]> {
  const values: unknown[] = []
  const conditions: string[] = []
  const value = (given: unknown) => `$${values.push(given)}`
  /** One name by its index, in the order of time; of several, whatever is found, sorted. */
  const oneOf = (column: string, names: readonly string[]) =>
    names.length === 1 ? `${column} = ${value(names[0])}` : `${column} = ANY(${value(names)})`
  if (search.from) conditions.push(`at >= ${value(search.from)}`)
  if (search.to) conditions.push(`at < ${value(search.to)}`)
  if (before) conditions.push(`(at, n) < (${value(before.at)}, ${value(before.n)}::bigint)`)
  if (search.cmdlets) conditions.push(oneOf('cmdlet_key', search.cmdlets.map(nameKey)))
  if (search.callers) conditions.push(oneOf('caller_key', search.callers.map(nameKey)))
  if (search.objects) {
    const guids = search.objects.filter(isGuid)
    const names = oneOf('object_key', search.objects.map(nameKey))
    conditions.push(guids.length > 0 ? `(${names} OR ${oneOf('object_guid', guids)})` : names)
  }
  if (search.succeeded !== undefined) conditions.push(`result ${search.succeeded ? '=' : '<>'} 'Succeeded'`)
  if (search.text !== undefined) {
    const part = value(nameKey(search.text))
    const fields = [
      'caller_key',
      'cmdlet_key',
      'object_key',
      `coalesce(client_address, '')`,
      `lower(coalesce(error, ''))`,
    ]
    conditions.push(`(${fields.map((field) => `strpos(${field}, ${part}) > 0`).join(' OR ')})`)
  }
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
  const { rows } = await store.retrying(() =>
    store.pool.query<AuditRow>(
      `SELECT * FROM admin_audit ${where} ORDER BY at DESC, n DESC LIMIT ${value(limit)}`,
      values,
    ),
  )
  return rows
}

/** Null when there is none, or none any more. */
export async function readAudit(store: ServiceStore, id: string): Promise<AuditRow | null> {
  const { rows } = await store.retrying(() =>
    store.pool.query<AuditRow>('SELECT * FROM admin_audit WHERE id = $1', [id]),
  )
  return rows[0] ?? null
}
