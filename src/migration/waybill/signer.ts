/** The instance's signing key: `<keys>/waybill-ed25519.pem`, 0600, made once and kept for ever. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#base/fault.ts'
import { keepKnown } from '#store/backup/files.ts'
import { refuseConnected } from '#store/backup/replaced.ts'
import { createDurably, readIfThere, syncFolder } from '#store/durable-file.ts'
import { inTransaction } from '#store/ledger/transaction.ts'
import type { Store } from '#store/open.ts'
import { fingerprintOf } from './chain.ts'

export interface Signer {
  /** Ed25519 (RFC 8032) over `bytes`: 64 bytes. */
  sign(bytes: Buffer): Buffer
  /** SubjectPublicKeyInfo. */
  readonly publicKeyPem: string
  /** As `fingerprintOf` in chain.ts spells it. */
  readonly fingerprint: string
}

const SIGNING_KEY = 'waybill-ed25519.pem'

/**
 * A new key; the public part of the old one is kept first, so that its waybills stay this instance's own. No service may
 * run: it would sign with the old key until it ends. @throws Fault DATABASE_IN_USE
 */
export async function rotateSigner(store: Pick<Store, 'pool' | 'kind' | 'where' | 'dataFolder'>): Promise<Signer> {
  const { keys } = store.dataFolder
  if (store.kind === 'external') await inTransaction(store.pool, (client) => refuseConnected(client, store.where.place))
  const path = join(keys, SIGNING_KEY)
  const old = readIfThere(path)
  if (old !== null) keepKnown(keys, old)
  const next = `${path}.next`
  rmSync(next, { force: true })
  createDurably(next, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }))
  renameSync(next, path)
  syncFolder(keys)
  return instanceSigner(keys)
}

/** @param privateKeyPem PKCS #8, Ed25519 */
export function signerOf(privateKeyPem: string): Signer {
  const key = createPrivateKey(privateKeyPem)
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('not an Ed25519 key')
  const publicKey = createPublicKey(key)
  return {
    sign: (bytes) => sign(null, bytes, key),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    fingerprint: fingerprintOf(publicKey),
  }
}

/**
 * Opens the key in `keysFolder`, which is there already (0700), or makes it: of several processes one wins and the
 * others use its key. Throws Fault SIGNING_KEY_UNREADABLE; a broken key is never replaced in silence.
 */
export function instanceSigner(keysFolder: string): Signer {
  const path = join(keysFolder, SIGNING_KEY)
  let pem = readIfThere(path)
  if (pem === null) {
    createDurably(path, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }))
    pem = readIfThere(path)
  }
  try {
    return signerOf(pem?.toString() ?? '')
  } catch (thrown) {
    throw new Fault({
      code: 'SIGNING_KEY_UNREADABLE',
      scope: 'instance',
      transient: false,
      message: `the key that signs waybills, ${path}, is not a readable Ed25519 private key`,
      remedy: 'Bring the file back from a backup; or move it away, and a new key with a new fingerprint is made.',
      facts: { path },
      cause: thrown,
    })
  }
}
