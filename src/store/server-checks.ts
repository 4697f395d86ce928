/** What any PostgreSQL must promise before the exactly-once protocol may stand on it (transfer-engine.md §2). */
import type { Pool } from 'pg'
import { Fault } from '#base/fault.ts'
import type { Whereabouts } from './pg-faults.ts'

export interface ServerPromises {
  /** server_version_num: 180004. */
  readonly version: number
  /** server_version: `18.4`. */
  readonly versionText: string
  readonly fsync: string
  readonly synchronousCommit: string
  readonly fullPageWrites: string
  readonly encoding: string
  readonly readOnly: boolean
}

const OLDEST = 150_000

export async function askServer(pool: Pool): Promise<ServerPromises> {
  const { rows } = await pool.query<ServerPromises>(`
    select current_setting('server_version_num')::int as version, current_setting('server_version') as "versionText",
      current_setting('fsync') as fsync, current_setting('synchronous_commit') as "synchronousCommit",
      current_setting('full_page_writes') as "fullPageWrites", current_setting('server_encoding') as encoding,
      pg_is_in_recovery() as "readOnly"`)
  return rows[0]!
}

/** @throws Fault of scope `instance` for the first promise that is too weak */
export function refuseWeakServer(server: ServerPromises, { place }: Whereabouts): void {
  const refuse = (code: string, what: string, remedy: string) => {
    throw new Fault({
      code,
      scope: 'instance',
      transient: false,
      message: `the PostgreSQL at ${place} ${what}`,
      remedy,
      facts: { place, version: server.versionText },
    })
  }
  if (server.version < OLDEST) {
    refuse('DATABASE_TOO_OLD', `is version ${server.versionText}`, 'Use PostgreSQL 15 or newer.')
  }
  if (server.fsync !== 'on') {
    refuse(
      'DATABASE_NOT_DURABLE',
      'runs with fsync = off: a power cut would make us send mail twice',
      'Set fsync = on in postgresql.conf and reload.',
    )
  }
  if (['off', 'local'].includes(server.synchronousCommit)) {
    refuse(
      'DATABASE_NOT_DURABLE',
      `runs with synchronous_commit = ${server.synchronousCommit}: a crash would make us send mail twice`,
      'Set synchronous_commit = on for the role in DATABASE_URL: ALTER ROLE … SET synchronous_commit = on.',
    )
  }
  if (server.fullPageWrites !== 'on') {
    refuse(
      'DATABASE_NOT_DURABLE',
      'runs with full_page_writes = off: a power cut may damage it',
      'Set full_page_writes = on in postgresql.conf and reload.',
    )
  }
  if (server.encoding !== 'UTF8') {
    refuse(
      'DATABASE_ENCODING',
      `stores ${server.encoding}, which cannot hold every folder name`,
      "Create the database with ENCODING 'UTF8' TEMPLATE template0.",
    )
  }
  if (server.readOnly) {
    refuse('DATABASE_READ_ONLY', 'is a standby and takes no writes', 'Point DATABASE_URL to the primary server.')
  }
}
