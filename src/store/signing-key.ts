/** The instance's Ed25519 key: it signs the last line of every waybill (architecture.md §4). */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { Fault } from '#base/fault.ts'
import type { DataFolder } from './data-folder.ts'
import { createDurably, readIfThere } from './durable-file.ts'
import { folderFault } from './fs-faults.ts'

export interface SigningKey {
  /** Ed25519 (RFC 8032) over the bytes themselves; 64 bytes. */
  sign(bytes: Uint8Array): Buffer
  /** SubjectPublicKeyInfo in PEM (RFC 8410). */
  readonly publicKeyPem: string
  /** As `fingerprintOf` answers it. */
  readonly fingerprint: string
}

/** Reads the key, or creates it (0600, durable) at the first call. @throws Fault SIGNING_KEY_DAMAGED */
export function openSigningKey(folder: DataFolder): SigningKey {
  const file = join(folder.keys, 'waybill-signing.key')
  let pem: Buffer | null
  try {
    pem = readIfThere(file)
    if (pem === null) {
      createDurably(file, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }))
      // Read back: another process of ours may have been the one that created it.
      pem = readIfThere(file)
    }
  } catch (thrown) {
    throw folderFault(thrown, folder.path, 'writing', file)
  }
  const privateKey = parse(pem ?? Buffer.alloc(0), file)
  const publicKey = createPublicKey(privateKey)
  return {
    sign: (bytes) => sign(null, bytes, privateKey),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    fingerprint: fingerprintOf(publicKey),
  }
}

/** SHA-256 of the SubjectPublicKeyInfo in DER: 16 groups of 4 hex digits, to be read out over the telephone. */
export function fingerprintOf(publicKey: KeyObject): string {
  const digest = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
  return digest.match(/.{4}/g)!.join(' ')
}

function parse(pem: Buffer, file: string): KeyObject {
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // Said below; the parser's own words may quote the file.
  }
  throw new Fault({
    code: 'SIGNING_KEY_DAMAGED',
    scope: 'instance',
    transient: false,
    message: `${file} is not an Ed25519 private key in PEM`,
    remedy: `Restore ${file} from its backup; without it, move it away: a new key is made, whose fingerprint people must be told.`,
    facts: { file },
  })
}
