/** Where the database is, with the password that lies in a file of its own. Only in memory, and only for the driver. */
import { Fault } from '#base/fault.ts'
import type { Settings } from '#contract/settings.ts'
import { readSecretFile } from './secret-file.ts'

/** @throws Fault SECRET_FILE_EXPOSED, SECRET_FILE_UNREADABLE, SETTING_INVALID (exit 4) */
export function databaseUrl(settings: Pick<Settings, 'databaseUrl' | 'databasePasswordFile'>): string | undefined {
  const { databaseUrl: url, databasePasswordFile: file } = settings
  if (url === null || file === null) return url ?? undefined
  const match = /^([a-z]+:\/\/[^:@/?#]+)(?::[^@]*)?@(.*)$/is.exec(url)
  if (!match) {
    throw new Fault({
      code: 'SETTING_INVALID',
      scope: 'instance',
      transient: false,
      message: 'databasePasswordFile is set, and databaseUrl names no user whose password it could be',
      remedy: 'Write databaseUrl as postgresql://user@host/database.',
    })
  }
  const password = readSecretFile(file, 'the password of databaseUrl').split(/\r?\n/, 1)[0] ?? ''
  return `${match[1]}:${encodeURIComponent(password)}@${match[2]}`
}
