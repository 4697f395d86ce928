/** Opens the state of one Waybill: the embedded PostgreSQL of its data folder, or the one of DATABASE_URL. */
import type { Kysely } from 'kysely'
import type { ClientConfig, Pool } from 'pg'
import type { Fault } from '#base/fault.ts'
import type { Log } from '#base/log.ts'
import { readDatabaseUrl } from '#contract/database-url.ts'
import { refuseUnfinished } from './backup/unfinished.ts'
import { databaseUrlInvalid } from './database-url-fault.ts'
import { prepareDataFolder, type DataFolder } from './data-folder.ts'
import { applicationTarget, ensureApplicationRole, isRoleMissing } from './embedded/application-role.ts'
import { postgresOwner } from './embedded/owner.ts'
import { passwords } from './embedded/passwords.ts'
import { socketFolder } from './embedded/socket-folder.ts'
import { startEmbedded, type EmbeddedPostgres } from './embedded/start.ts'
import { findHolder, takeInstanceLock } from './instance-lock.ts'
import { storeFault, type Whereabouts } from './pg-faults.ts'
import { loadDrivers, openPool, type Drivers } from './pool.ts'
import { retrying, type RetryOptions } from './retrying.ts'
import { migrateSchema } from './schema.ts'
import { askServer, refuseWeakServer } from './server-checks.ts'
import type { Tables } from './tables.ts'

export interface Store extends AsyncDisposable {
  readonly db: Kysely<Tables>
  readonly pool: Pool
  /** How the database is reached, for what needs connections of its own: the job queue, LISTEN. Holds a password. */
  readonly connection: ClientConfig
  readonly kind: 'embedded' | 'external'
  readonly dataFolder: DataFolder
  /** `18.4` */
  readonly serverVersion: string
  /** Where the database is, for messages: the data folder, or `host:port/database`. */
  readonly where: Whereabouts
  /** Aborts, with a Fault as reason, when the store is lost for good: another process holds the data folder now. */
  readonly lost: AbortSignal
  /** Runs idempotent work again after a lost connection, for 60 s unless told; what it throws is a Fault. */
  retrying<T>(work: () => Promise<T>, options?: RetryOptions): Promise<T>
  /** Pid of the embedded postmaster; null while it is down, and with DATABASE_URL. */
  postmasterPid(): number | null
}

export interface OpenOptions {
  /** Absolute. */
  readonly dataFolder: string
  readonly databaseUrl?: string | undefined
  /** Joins the embedded PostgreSQL that another process of ours runs, instead of starting it: for its workers. */
  readonly joins?: boolean
  /** The schema stays as it is: a backup changes nothing, a restore makes its own. Default: it is brought up to date. */
  readonly leavesSchema?: boolean
  /** Opens a data folder in which a restore was not finished, too. */
  readonly restores?: boolean
  readonly log: Log
}

/** How long closing waits for transactions that still run; PostgreSQL's own shutdown ends them after that. */
const CLOSE_MS = 5_000

/** @throws Fault of scope `instance`: the command cannot start (exit 4) */
export async function openStore(options: OpenOptions): Promise<Store> {
  const folder = prepareDataFolder(options.dataFolder)
  if (!options.restores) refuseUnfinished(folder)
  const undo = new AsyncDisposableStack()
  const embedded = !options.databaseUrl
  const where: Whereabouts = embedded
    ? { kind: 'embedded', place: folder.path }
    : { kind: 'external', place: placeOf(options.databaseUrl) }
  try {
    const loading = loadDrivers()
    const lost = new AbortController()
    let postgres: EmbeddedPostgres | null = null
    let target: ClientConfig = { connectionString: options.databaseUrl ?? '' }
    if (embedded && options.joins) {
      const socket = socketFolder(folder.path, postgresOwner(folder))
      target = applicationTarget(socket, passwords(folder).application)
    } else if (embedded) {
      const started = await startEmbedded(folder, async (socket, { application }) =>
        findHolder(await loading, applicationTarget(socket, application)),
      )
      postgres = started
      undo.defer(() => started.stop())
      target = applicationTarget(started.socket, started.passwords.application)
      const drivers = await loading
      const onLost = (fault: Fault) => lost.abort(fault)
      const lockOptions = { drivers, target, folder: folder.path, log: options.log, onLost }
      const lock = await takeInstanceLock(lockOptions).catch(async (thrown: unknown) => {
        if (!isRoleMissing(thrown)) throw thrown
        await ensureApplicationRole(drivers, started, folder.path)
        return takeInstanceLock(lockOptions)
      })
      undo.defer(() => lock.release())
    }
    const drivers = await loading
    const pool = openPool(drivers, target, where, options.log)
    undo.defer(() => endPool(pool))
    const server = await askServer(pool)
    refuseWeakServer(server, where)
    if (!options.leavesSchema) await migrateSchema(pool, where)
    const owned = undo.move()
    return {
      db: kyselyOver(drivers, pool),
      pool,
      connection: target,
      kind: where.kind,
      dataFolder: folder,
      serverVersion: server.versionText,
      where,
      lost: lost.signal,
      retrying: (work, retry) => retrying(where, work, retry),
      postmasterPid: () => postgres?.pid() ?? null,
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    }
  } catch (thrown) {
    await undo.disposeAsync()
    throw storeFault(thrown, where)
  }
}

function kyselyOver({ kysely }: Drivers, pool: Pool): Kysely<Tables> {
  return new kysely.Kysely<Tables>({ dialect: new kysely.PostgresDialect({ pool }) })
}

async function endPool(pool: Pool): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_MS)
  })
  await Promise.race([pool.end(), late])
  clearTimeout(timer)
}

/** `host:port/database` of a URL, without its user and password. */
function placeOf(text: string | undefined): string {
  const url = readDatabaseUrl(text ?? '')?.url
  if (!url) throw databaseUrlInvalid()
  return `${url.searchParams.get('host') ?? (url.hostname || 'localhost')}:${url.port || 5432}${url.pathname}`
}
