/** Where the database is, with the password that lies in a file of its own. Only in memory, and only for the driver. */
import { Fault } from '#base/fault.ts'
import { readDatabaseUrl } from '#contract/database-url.ts'
import type { Settings } from '#contract/settings.ts'
import { databaseUrlInvalid } from '#store/database-url-fault.ts'
import { readSecretFile } from './secret-file.ts'

/** @throws Fault DATABASE_URL_INVALID, SECRET_FILE_EXPOSED, SECRET_FILE_UNREADABLE, SETTING_INVALID (exit 4) */
export function databaseUrl(settings: Pick<Settings, 'databaseUrl' | 'databasePasswordFile'>): string | undefined {
  const { databaseUrl: url, databasePasswordFile: file } = settings
  if (url === null || file === null) return url ?? undefined
  const read = readDatabaseUrl(url)
  if (read === null) throw databaseUrlInvalid()
  // The parser's own, for a user with @ in it.
  const { username } = read.url
  if (!username) {
    throw new Fault({
      code: 'SETTING_INVALID',
      scope: 'instance',
      transient: false,
      message: 'databasePasswordFile is set, and databaseUrl names no user whose password it could be',
      remedy: 'Write databaseUrl as postgresql://user@host/database.',
    })
  }
  const password = readSecretFile(file, 'the password of databaseUrl').split(/\r?\n/, 1)[0] ?? ''
  return `${read.scheme}${username}:${encodeURIComponent(password)}@${read.rest}`
}
