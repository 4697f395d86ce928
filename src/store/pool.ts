/** Connections to PostgreSQL: ours settings, and no error of an idle connection ever ends the process. */
import type { ClientBase, ClientConfig, Pool, PoolConfig } from 'pg'
import type { Log } from '#base/log.ts'
import { storeFault, type Whereabouts } from './pg-faults.ts'

/** Both drivers together take some 100 ms to load: loaded while PostgreSQL starts, and by no command without a store. */
export async function loadDrivers() {
  const [pg, kysely] = await Promise.all([import('pg'), import('kysely')])
  return { pg: pg.default, kysely }
}

export type Drivers = Awaited<ReturnType<typeof loadDrivers>>

/** Session settings, by SET and not at connect: PgBouncer refuses start-up parameters that it does not know. */
const SESSION = [
  // A statement of ours takes milliseconds; a minute means a lock or a dying disk.
  `set statement_timeout = '60s'`,
  `set lock_timeout = '30s'`,
  // A process frozen inside a transaction must not keep whoever takes over from its rows: no gap of ours lasts a second.
  `set idle_in_transaction_session_timeout = '10s'`,
].join('; ')

/** OID of int8. */
const INT8 = 20

/** UIDs, sizes and counts are bigint columns and far below 2^53; a value above it is refused, never rounded. */
function parseInt8(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} does not fit a number`)
  return value
}

/** bigint as number; all else as pg does it. */
export function typeParsers(pg: Drivers['pg']): NonNullable<ClientConfig['types']> {
  const { types } = pg
  // pg declares one overload per OID; what it wants here is the general one.
  const getTypeParser = ((oid: number, format: 'text' | 'binary' = 'text') =>
    oid === INT8 && format === 'text' ? parseInt8 : types.getTypeParser(oid, format)) as typeof types.getTypeParser
  return { ...types, getTypeParser }
}

export function openPool(drivers: Drivers, target: ClientConfig, where: Whereabouts, log: Log): Pool {
  const config: PoolConfig = {
    ...target,
    application_name: 'waybill',
    types: typeParsers(drivers.pg),
    max: 10,
    idleTimeoutMillis: 60_000,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    // An idle pool does not keep a finished command alive.
    allowExitOnIdle: true,
    // pg-pool waits for it and gives up the connection when it fails; its types only know void.
    onConnect: ((client: ClientBase) => client.query(SESSION)) as (client: ClientBase) => void,
  }
  const pool = new drivers.pg.Pool(config)
  // Without a listener a connection that breaks while idle would end the process; the pool has dropped it already.
  pool.on('error', (thrown) => {
    log.warn('a database connection was lost', { code: storeFault(thrown, where).code, said: thrown.message })
  })
  // Neither does one that breaks while it is lent out. pg-pool listens only while it has it, and kysely never does: a
  // PostgreSQL that was killed in the middle of a query took the worker with it.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}
