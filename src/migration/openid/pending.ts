/**
 * What binds an answer of the provider to the browser that asked for it. The browser's cookie holds 256 random bits; state,
 * nonce and code verifier follow from them, so the database holds nothing with which somebody else could go on.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto'

export const PENDING_MS = 600_000

export interface Pending {
  /** For the cookie. */
  readonly id: string
  readonly hash: Buffer
  readonly state: string
  readonly nonce: string
  /** RFC 7636 §4.1. */
  readonly verifier: string
}

export const newPending = (): Pending => pendingOf(randomBytes(32).toString('base64url'))

export function pendingOf(id: string): Pending {
  const derived = (what: string) => createHmac('sha256', id).update(`waybill openid ${what}`).digest('base64url')
  return {
    id,
    hash: createHash('sha256').update(id).digest(),
    state: derived('state'),
    nonce: derived('nonce'),
    verifier: derived('verifier'),
  }
}
