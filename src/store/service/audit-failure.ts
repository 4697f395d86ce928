/** Why an act failed, for its row in the audit log. */
import { asFault } from '#base/fault.ts'
import { sentence } from '#base/sentence.ts'
import type { AuditEnd } from './admin-audit.ts'
import { auditText } from './audit-text.ts'

export function auditFailure(thrown: unknown): Pick<AuditEnd, 'errorCode' | 'error'> {
  const { code, scope, message } = asFault(thrown)
  // Whatever an unforeseen error quotes, it may be a secret; the log of the service has it.
  const said = scope === 'bug' ? 'Something went wrong inside; the log of the service tells more.' : sentence(message)
  return { errorCode: code, error: auditText(said) }
}
