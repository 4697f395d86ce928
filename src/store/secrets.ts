/** Secrets at rest (architecture.md §6.1): AES-256-GCM under a key that lies in the data folder, never in the database. */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#base/fault.ts'
import type { DataFolder } from './data-folder.ts'
import { createDurably, readIfThere, syncFolder } from './durable-file.ts'
import { errno, folderFault } from './fs-faults.ts'
import type { Store } from './open.ts'

/** Where a secret lies: sealed into it, so that a row copied over another one does not open. */
export interface SecretPlace {
  readonly table: string
  /** Id of the row. */
  readonly id: string
  readonly column: string
}

export interface Secrets {
  readonly keyId: string
  /** Layout: version 1, key id (8 bytes), nonce (12), tag (16), then as many bytes as the text has in UTF-8. */
  seal(plain: string, place: SecretPlace): Buffer
  /** @throws Fault SECRETS_KEY_WRONG, or SECRET_DAMAGED when the bytes are not those sealed for this place */
  open(sealed: Uint8Array, place: SecretPlace): string
}

const VERSION = 1
const KEY_BYTES = 32
const KEY_ID_BYTES = 8
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEAD_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES
const CIPHER = 'aes-256-gcm'

/**
 * The secrets of a store. The first call makes the key file and makes it known to the database; the file is durable
 * before the database knows of it, and so before any secret.
 * @param mayClaim false for a worker: started before the service it would give the database a key that only it has
 * @throws Fault SECRETS_KEY_WRONG (exit 4) when the file is missing or not the one this database was sealed with,
 *   WORKER_BEFORE_SERVICE
 */
export async function openSecrets(
  store: Pick<Store, 'db' | 'dataFolder' | 'retrying'>,
  mayClaim = true,
): Promise<Secrets> {
  const file = join(store.dataFolder.keys, 'secrets.key')
  const known = await store.retrying(() => store.db.selectFrom('secret_key').select('id').execute())
  const found = finishRotation(store.dataFolder, known) ?? read(store.dataFolder.path, file)
  if (known.length > 0) {
    if (found === null) throw keyWrong(file, 'is missing')
    const secrets = secretsWith(found, file)
    if (!known.some(({ id }) => id === secrets.keyId)) throw keyWrong(file, 'is not the key of this database')
    return secrets
  }
  if (!mayClaim) {
    throw new Fault({
      code: 'WORKER_BEFORE_SERVICE',
      scope: 'instance',
      transient: false,
      message: 'no service has used this database yet, and a worker works with the keys of its service',
      remedy: `Start "waybill serve" first, copy its keys folder to ${store.dataFolder.keys} (mode 0600), and start the worker then.`,
    })
  }
  const secrets = secretsWith(found ?? create(store.dataFolder.path, file), file)
  await store.retrying(() =>
    store.db
      .insertInto('secret_key')
      .values({ id: secrets.keyId })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  )
  return secrets
}

const aad = ({ table, id, column }: SecretPlace) => Buffer.from(JSON.stringify([VERSION, table, id, column]))

/** For one key of 32 bytes; `file` is named in faults. */
export function secretsWith(key: Buffer, file: string): Secrets {
  const keyId = createHash('sha256').update('waybill key id\0').update(key).digest().subarray(0, KEY_ID_BYTES)
  return {
    keyId: keyId.toString('hex'),
    seal(plain, place) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(aad(place))
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(VERSION), keyId, nonce, cipher.getAuthTag(), body])
    },
    open(bytes, place) {
      const sealed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      if (sealed.length < HEAD_BYTES || sealed[0] !== VERSION) throw damaged(place, 'it is not in the form we write')
      if (!sealed.subarray(1, 1 + KEY_ID_BYTES).equals(keyId)) throw keyWrong(file, 'is not the key it was sealed with')
      const nonce = sealed.subarray(1 + KEY_ID_BYTES, 1 + KEY_ID_BYTES + NONCE_BYTES)
      const tag = sealed.subarray(HEAD_BYTES - TAG_BYTES, HEAD_BYTES)
      try {
        const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
          .setAAD(aad(place))
          .setAuthTag(tag)
        return Buffer.concat([decipher.update(sealed.subarray(HEAD_BYTES)), decipher.final()]).toString('utf8')
      } catch {
        throw damaged(place, 'it was changed, or moved here from another row')
      }
    },
  }
}

function read(folder: string, file: string): Buffer | null {
  let text: Buffer | null
  try {
    text = readIfThere(file)
  } catch (thrown) {
    throw folderFault(thrown, folder, 'reading', file)
  }
  if (text === null) return null
  const key = Buffer.from(text.toString('latin1').trim(), 'base64')
  if (key.length !== KEY_BYTES) throw keyWrong(file, 'is damaged')
  return key
}

/** The id of the key in a key file; null when there is none in it. */
export function keyIdOf(content: Uint8Array): string | null {
  const key = Buffer.from(Buffer.from(content).toString('latin1').trim(), 'base64')
  return key.length === KEY_BYTES ? secretsWith(key, '').keyId : null
}

/** Where a new key waits until the database knows it: `waybill rotate-key` (rotate-key.ts). */
export const nextKeyFile = ({ keys }: Pick<DataFolder, 'keys'>) => join(keys, 'secrets.key.next')

/**
 * A rotation that was killed after its commit: the new key is the one that counts. Before its commit it is not, and is
 * left to the next rotation. Null: there is nothing to finish.
 */
export function finishRotation(folder: DataFolder, known: readonly { readonly id: string }[]): Buffer | null {
  const [file, next] = [join(folder.keys, 'secrets.key'), nextKeyFile(folder)]
  if (!existsSync(next)) return null
  const key = read(folder.path, next)
  if (key === null || !known.some(({ id }) => id === secretsWith(key, next).keyId)) return null
  try {
    const old = readIfThere(file)
    // Older backups are sealed with it. Made before the new one takes its name; a name that is there has the same key.
    if (old !== null) createDurably(`${file}.${keyIdOf(old) ?? 'damaged'}`, old)
    renameSync(next, file)
    syncFolder(folder.keys)
  } catch (thrown) {
    // Another process of ours has just done it.
    if (errno(thrown) !== 'ENOENT') throw folderFault(thrown, folder.path, 'writing', file)
  }
  return key
}

/** @throws Fault of the file system */
export function newKey(folder: DataFolder, file: string): Secrets {
  try {
    rmSync(file, { force: true })
    createDurably(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`)
  } catch (thrown) {
    throw folderFault(thrown, folder.path, 'writing', file)
  }
  const key = read(folder.path, file)
  if (key === null) throw keyWrong(file, 'is missing')
  return secretsWith(key, file)
}

function create(folder: string, file: string): Buffer {
  try {
    createDurably(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`)
  } catch (thrown) {
    throw folderFault(thrown, folder, 'writing', file)
  }
  // Read back: another process of ours may have been the one that created it.
  return read(folder, file) ?? create(folder, file)
}

export function keyWrong(
  file: string,
  what: string,
  remedy = `Put the key file of this database back as ${file} (mode 0600), from the backup made with --with-key or from the host that has it.`,
): Fault {
  return new Fault({
    code: 'SECRETS_KEY_WRONG',
    scope: 'instance',
    transient: false,
    message: `the key file ${file} ${what}: the passwords stored in this database cannot be read`,
    remedy,
    facts: { file },
  })
}

function damaged({ table, id, column }: SecretPlace, why: string): Fault {
  return new Fault({
    code: 'SECRET_DAMAGED',
    scope: 'instance',
    transient: false,
    message: `the secret ${table}.${column} of ${id} cannot be opened: ${why}`,
    remedy: 'Enter the password again.',
    facts: { table, id, column },
  })
}
