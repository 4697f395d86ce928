/** By which a later run finds its ledger (transfer-engine.md §2). */
import { createHash } from 'node:crypto'
import type { MailboxIdentity } from '#engine/ports.ts'

const hash = (parts: readonly (string | number)[]): Buffer =>
  createHash('sha256').update(JSON.stringify(parts)).digest()

export interface IdentityHashes {
  readonly identity: Buffer
  readonly source: Buffer
  readonly target: Buffer
}

/** Host names are compared without case (RFC 4343); log-ins are the server's business and stay as they are. */
export function hashesOf({ source, target }: MailboxIdentity): IdentityHashes {
  const from = ['source', source.host.toLowerCase(), source.port, source.userName, source.userRoot]
  const into = ['target', target.kind, target.place, target.login]
  return { identity: hash([...from, ...into]), source: hash(from), target: hash(into) }
}
