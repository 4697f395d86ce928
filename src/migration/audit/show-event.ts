/** A row of the audit log as the API shows it. */
import type { AdminAuditLogEvent } from '#contract/audit.ts'
import type { AuditRow } from '#store/service/admin-audit-search.ts'

/** Of an act that is under way, and of one that the service did not live to see ended. */
export const UNKNOWN = 'Outcome unknown: the act was begun, and its end was not recorded.'

export const showEvent = (row: AuditRow): AdminAuditLogEvent => ({
  identity: row.id,
  runDate: row.at.toISOString(),
  caller: row.caller,
  cmdletName: row.cmdlet,
  objectModified: row.object,
  objectGuid: row.object_guid,
  cmdletParameters: row.parameters.map(({ name, value }) => ({ name, value })),
  modifiedProperties: row.modified.map(({ name, oldValue, newValue }) => ({ name, oldValue, newValue })),
  succeeded: row.result === 'Started' ? null : row.result === 'Succeeded',
  error: row.result === 'Started' ? UNKNOWN : [row.error_code, row.error].filter((part) => part !== null).join(': '),
  via: row.via,
  clientAddress: row.client_address,
})
