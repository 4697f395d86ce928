/** The role and the database that Waybill works with: no superuser, and nothing but its own database. */
import type { Client, ClientConfig } from 'pg'
import { Fault } from '#base/fault.ts'
import { errno } from '../fs-faults.ts'
import type { Drivers } from '../pool.ts'
import { APPLICATION_ROLE, DATABASE, SUPERUSER } from './passwords.ts'
import type { EmbeddedPostgres } from './start.ts'

export const applicationTarget = (socket: string, password: string): ClientConfig => ({
  host: socket,
  port: 5432,
  user: APPLICATION_ROLE,
  database: DATABASE,
  password,
  ssl: false,
})

/** Whether a refused log-in of the application role means that role or database must be made first. */
export const isRoleMissing = (thrown: unknown): boolean => /^28|^3D000$/.test(errno(thrown))

/** Makes role and database where they are missing; also after a crash between the two, or a new password file. */
export async function ensureApplicationRole(
  drivers: Drivers,
  postgres: EmbeddedPostgres,
  folder: string,
): Promise<void> {
  const client = new drivers.pg.Client({
    host: postgres.socket,
    port: 5432,
    user: SUPERUSER,
    database: 'postgres',
    password: postgres.passwords.superuser,
    ssl: false,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    await create(client, postgres.passwords.application)
  } catch (thrown) {
    if (errno(thrown) !== '28P01') throw thrown
    throw new Fault({
      code: 'POSTGRES_PASSWORD_WRONG',
      scope: 'instance',
      transient: false,
      message: `the password files in ${folder}/keys do not fit the database in ${folder}/postgres`,
      remedy: 'Restore postgres.password and postgres-superuser.password from the same backup as the database.',
      facts: { folder },
    })
  } finally {
    await client.end().catch(() => {})
  }
}

async function create(client: Client, password: string): Promise<void> {
  const role = client.escapeIdentifier(APPLICATION_ROLE)
  const has = async (sql: string, name: string) => (await client.query(sql, [name])).rowCount === 1
  const verb = (await has('select 1 from pg_roles where rolname = $1', APPLICATION_ROLE)) ? 'alter' : 'create'
  await client.query(
    `${verb} role ${role} login nosuperuser nocreatedb nocreaterole password ${client.escapeLiteral(password)}`,
  )
  if (await has('select 1 from pg_database where datname = $1', DATABASE)) return
  await client.query(`create database ${client.escapeIdentifier(DATABASE)} owner ${role}`)
}
