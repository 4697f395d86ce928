/**
 * What binds the lines: chain₀ = SHA-256("waybill/1"), chainᵢ = SHA-256(chainᵢ₋₁ ‖ bodyᵢ), where the body is the line
 * without its last member. A line shows the first 16 digits of its own chain, the seal all 64, and the signature
 * behind them covers the text "waybill/1 seal " and those 64 digits.
 */
import { createPublicKey, hash } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

const START = hash('sha256', 'waybill/1', 'buffer')

/** `,"chain":"0123456789abcdef"}` */
export const TAIL_BYTES = 28
/** `,"chain":"…64…","signature":"…128…"}` */
export const SEAL_TAIL_BYTES = 10 + 64 + 15 + 128 + 2

export const tailOf = (chain: Buffer): string => `,"chain":"${chain.toString('hex', 0, 8)}"}`
export const sealTailOf = (chain: Buffer, signature: Buffer): string =>
  `,"chain":"${chain.toString('hex')}","signature":"${signature.toString('hex')}"}`

/** The bytes under the signature: a prefix of their own, so that no other use of the key can be passed off as a seal. */
export const sealedText = (chain: Buffer): Buffer => Buffer.from(`waybill/1 seal ${chain.toString('hex')}`)

let scratch = Buffer.alloc(4096)

/** The chain value after `before` and a line's body (its bytes without tail and newline). */
export function nextChain(before: Buffer, body: Uint8Array): Buffer {
  const length = 32 + body.length
  // One piece of memory for all lines: a hash object each would cost three times as much.
  if (scratch.length < length) scratch = Buffer.alloc(length * 2)
  before.copy(scratch)
  scratch.set(body, 32)
  return hash('sha256', scratch.subarray(0, length), 'buffer')
}

export const chainStart = (): Buffer => START

/** Null when the PEM is no Ed25519 public key. */
export function readPublicKey(pem: string): KeyObject | null {
  try {
    const key = createPublicKey(pem)
    return key.asymmetricKeyType === 'ed25519' ? key : null
  } catch {
    return null
  }
}

/** `SHA256:` and 43 base64 digits over the key's SubjectPublicKeyInfo: what people compare. */
export function fingerprintOf(key: KeyObject): string {
  const der = key.export({ type: 'spki', format: 'der' })
  return `SHA256:${hash('sha256', der, 'base64').replace(/=+$/, '')}`
}
