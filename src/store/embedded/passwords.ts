/** Random passwords of the embedded PostgreSQL, each in a 0600 file; scram, so the server holds only verifiers. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DataFolder } from '../data-folder.ts'
import { createDurably, readIfThere } from '../durable-file.ts'
import { folderFault } from '../fs-faults.ts'

/** The superuser sets up and repairs; all else is done by the application role, which owns only its database. */
export const SUPERUSER = 'postgres'
export const APPLICATION_ROLE = 'waybill'
export const DATABASE = 'waybill'

export interface Passwords {
  readonly superuser: string
  readonly application: string
}

export function passwords(folder: DataFolder): Passwords {
  const of = (name: string) => {
    const file = join(folder.keys, name)
    try {
      if (readIfThere(file) === null) createDurably(file, randomBytes(32).toString('base64url'))
      return readFileSync(file, 'utf8').trim()
    } catch (thrown) {
      throw folderFault(thrown, folder.path, 'writing', file)
    }
  }
  return { superuser: of('postgres-superuser.password'), application: of('postgres.password') }
}
