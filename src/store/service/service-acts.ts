/**
 * Acts that no request asks for, in the audit log: the service itself by its settings or its clock, and commands on its
 * machine. What a request asks for is recorded by src/migration/audit.
 */
import { randomUUID } from 'node:crypto'
import {
  type AuditChange,
  type AuditEnd,
  type AuditStart,
  type AuditVia,
  addAudit,
  beginAudit,
  endAudit,
} from './admin-audit.ts'
import { auditFailure } from './audit-failure.ts'
import { auditName, auditParameters } from './audit-text.ts'
import type { ServiceClient, ServiceStore } from './service-store.ts'

export interface ServiceAct {
  /** The cmdlet that does the same: `Stop-MigrationBatch`. */
  readonly cmdlet: string
  /** Name of the object; empty where there is none. */
  readonly object: string
  readonly objectGuid?: string | null
  /** Never a secret. */
  readonly parameters?: Readonly<Record<string, unknown>>
  /** `auditChanges` makes it of an object before and after. */
  readonly modified?: readonly AuditChange[]
  /** Left out: the service itself. */
  readonly caller?: string
  readonly via?: AuditVia
  readonly clientAddress?: string | null
}

/** Who acts where nobody does. */
export const SERVICE_CALLER = 'Waybill'

/** A command on the machine of the service, which needs no service: `waybill rotate-key`. */
export const localAct = (cmdlet: string, parameters: Readonly<Record<string, unknown>> = {}): ServiceAct => ({
  cmdlet,
  object: '',
  parameters,
  caller: 'Local administrator',
  via: 'Socket',
})

/** Writes the row, acts, and ends the row. What cannot be recorded is not done. */
export async function recordServiceAct<T>(store: ServiceStore, act: ServiceAct, deed: () => Promise<T>): Promise<T> {
  const start = startOf(act)
  await beginAudit(store, start)
  // An end that cannot be written leaves "outcome unknown"; the act is over either way.
  const end = (failure: unknown) => endAudit(store, start.id, endOf(act, start, failure)).catch(() => undefined)
  let result: T
  try {
    result = await deed()
  } catch (thrown) {
    await end(thrown)
    throw thrown
  }
  await end(null)
  return result
}

/** Within the transaction of the act: neither is there without the other. Of what is over, with the pool. */
export async function addServiceAct(
  client: ServiceClient | ServiceStore['pool'],
  act: ServiceAct,
  failure: unknown = null,
): Promise<void> {
  const start = startOf(act)
  await addAudit(client, start, endOf(act, start, failure))
}

const startOf = (act: ServiceAct): AuditStart => ({
  id: randomUUID(),
  caller: auditName(act.caller ?? SERVICE_CALLER),
  via: act.via ?? 'Service',
  clientAddress: act.clientAddress ?? null,
  cmdlet: act.cmdlet,
  object: auditName(act.object),
  objectGuid: act.objectGuid ?? null,
  parameters: auditParameters(act.parameters ?? {}),
})

const endOf = (act: ServiceAct, { object, objectGuid, parameters }: AuditStart, failure: unknown): AuditEnd => ({
  object,
  objectGuid,
  parameters,
  modified: failure === null ? (act.modified ?? []) : [],
  result: failure === null ? 'Succeeded' : 'Failed',
  ...(failure === null ? { errorCode: null, error: null } : auditFailure(failure)),
})
