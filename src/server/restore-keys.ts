/** Which keys a restore puts in place: a wrong one is found out before anything is made. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { SECRETS_KEY, SIGNING_KEY } from '#store/backup/files.ts'
import type { CheckedBackup } from '#store/backup/check-backup.ts'
import { readIfThere } from '#store/durable-file.ts'
import { keyIdOf, keyWrong } from '#store/secrets.ts'

const REMEDY =
  'Name the folder that has secrets.key of this backup with --keys, or put that file there (mode 0600). When it is lost: --without-secrets restores all but the stored passwords, which have to be given again.'

/**
 * Keys by name below the keys folder.
 * @param keysFolder of --keys
 * @param dataKeys the keys folder of the data folder, which may not be there
 * @throws Fault SECRETS_KEY_WRONG (exit 4)
 */
export function chooseKeys(
  backup: CheckedBackup,
  keysFolder: string | null,
  dataKeys: string,
  withoutSecrets: boolean,
): Map<string, Buffer> {
  const keys = new Map([...backup.keys].filter(([name]) => name !== SECRETS_KEY))
  if (keysFolder !== null && !keys.has(SIGNING_KEY)) {
    const signing = readIfThere(join(keysFolder, SIGNING_KEY))
    if (signing !== null) keys.set(SIGNING_KEY, signing)
  }
  const wanted = backup.manifest.secretKeys
  if (withoutSecrets || wanted.length === 0) return keys
  const inBackup = backup.keys.get(SECRETS_KEY)
  const found = keysFolder !== null ? findKey(keysFolder, wanted) : (inBackup ?? findKey(dataKeys, wanted))
  if (found === null || !wanted.includes(keyIdOf(found) ?? '')) {
    const folder = keysFolder ?? dataKeys
    const isThere = inBackup !== undefined || existsSync(join(folder, SECRETS_KEY))
    throw keyWrong(join(folder, SECRETS_KEY), isThere ? 'is not the key of this backup' : 'is missing', REMEDY)
  }
  keys.set(SECRETS_KEY, found)
  return keys
}

/** A key that was rotated stays beside the new one under its id: older backups need it. */
function findKey(folder: string, wanted: readonly string[]): Buffer | null {
  if (!existsSync(folder)) return null
  for (const name of readdirSync(folder).sort()) {
    if (!name.startsWith(SECRETS_KEY)) continue
    const content = readIfThere(join(folder, name))
    if (content !== null && wanted.includes(keyIdOf(content) ?? '')) return content
  }
  return null
}
