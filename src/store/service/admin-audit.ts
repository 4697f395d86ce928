/** The audit log of administrators as it is stored: rows are begun and ended, never changed, and go only by age. */
import type { Pool, PoolClient } from 'pg'
import { Fault, asFault } from '#base/fault.ts'
import { auditFailure } from './audit-failure.ts'
import { nameKey } from './named.ts'
import type { ServiceStore } from './service-store.ts'

export type AuditVia = 'Socket' | 'Token' | 'Session' | 'Service'

export interface AuditParameter {
  readonly name: string
  readonly value: string | null
}

export interface AuditChange {
  readonly name: string
  readonly oldValue: string | null
  readonly newValue: string | null
}

export interface AuditObject {
  /** As it is called now; empty where there is none. */
  readonly object: string
  readonly objectGuid: string | null
}

export interface AuditStart extends AuditObject {
  readonly id: string
  readonly caller: string
  readonly via: AuditVia
  readonly clientAddress: string | null
  readonly cmdlet: string
  readonly parameters: readonly AuditParameter[]
}

export interface AuditEnd extends AuditObject {
  readonly result: 'Succeeded' | 'Failed'
  readonly errorCode: string | null
  readonly error: string | null
  /** Told anew, for some are known only afterwards. */
  readonly parameters: readonly AuditParameter[]
  readonly modified: readonly AuditChange[]
}

const INSERT = `INSERT INTO admin_audit (id, caller, caller_key, via, client_address, cmdlet, cmdlet_key, object, object_key,
    object_guid, parameters, modified, result, error_code, error, ended_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
    CASE WHEN $13 <> 'Started' THEN clock_timestamp() END) ON CONFLICT (id) DO NOTHING`

async function insert(client: Pool | PoolClient, start: AuditStart, end: AuditEnd | null): Promise<void> {
  const { object, objectGuid, parameters } = end ?? start
  await client.query(INSERT, [
    start.id,
    clean(start.caller),
    nameKey(clean(start.caller)),
    start.via,
    start.clientAddress,
    start.cmdlet,
    nameKey(start.cmdlet),
    clean(object),
    nameKey(clean(object)),
    objectGuid,
    JSON.stringify(parameters.map(cleaned)),
    JSON.stringify((end?.modified ?? []).map(cleaned)),
    end?.result ?? 'Started',
    end?.errorCode ?? null,
    end === null || end.error === null ? null : clean(end.error),
  ])
}

/**
 * Durable when it returns.
 * @throws Fault AUDIT_NOT_WRITTEN: the act is not to be done
 */
export async function beginAudit(store: ServiceStore, start: AuditStart): Promise<void> {
  try {
    await store.retrying(() => insert(store.pool, start, null))
  } catch (thrown) {
    const { transient, remedy } = asFault(thrown)
    throw new Fault({
      code: 'AUDIT_NOT_WRITTEN',
      scope: 'instance',
      transient,
      message: `${start.cmdlet} was not carried out, for it could not be recorded in the audit log: ${auditFailure(thrown).error}`,
      ...(remedy === null ? {} : { remedy }),
      cause: thrown,
    })
  }
}

/** False in a database of before there was one, which only `waybill backup` looks at. */
export async function hasAudit(store: Pick<ServiceStore, 'pool'>): Promise<boolean> {
  const { rows } = await store.pool.query<{ there: boolean }>(`SELECT to_regclass('admin_audit') IS NOT NULL AS there`)
  return rows[0]?.there ?? false
}

/** Of what is over, in one row: within the transaction of the act, so that one is not there without the other. */
export async function addAudit(client: Pool | PoolClient, start: AuditStart, end: AuditEnd): Promise<void> {
  await insert(client, start, end)
}

export async function endAudit(store: ServiceStore, id: string, end: AuditEnd): Promise<void> {
  await store.retrying(() =>
    store.pool.query(
      `UPDATE admin_audit SET result = $2, error_code = $3, error = $4, object = $5, object_key = $6, object_guid = $7,
         parameters = $8, modified = $9, ended_at = clock_timestamp() WHERE id = $1 AND result = 'Started'`,
      [
        id,
        end.result,
        end.errorCode,
        end.error === null ? null : clean(end.error),
        clean(end.object),
        nameKey(clean(end.object)),
        end.objectGuid,
        JSON.stringify(end.parameters.map(cleaned)),
        JSON.stringify(end.modified.map(cleaned)),
      ],
    ),
  )
}

/** PostgreSQL takes neither U+0000 nor lone surrogates: what somebody sent must not keep the record from being made. */
const clean = (text: string) => text.toWellFormed().replaceAll('\0', '\\u{0}')

const cleaned = (row: object) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'string' ? clean(value) : (value as unknown)]),
  )
