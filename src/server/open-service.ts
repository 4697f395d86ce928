/** The service of one process, wired: what `waybill serve` and `waybill worker` have in common. */
import { hostname } from 'node:os'
import { systemClock } from '#base/clock.ts'
import { version } from '#base/version.ts'
import { Turnstile } from '#base/turnstile.ts'
import { LiteralBudget } from '#engine/budget.ts'
import { Hold } from '#engine/pass/hold.ts'
import { BOSS_DEFAULTS, startBoss } from '#jobs/boss.ts'
import { capacityMs } from '#jobs/dispatch.ts'
import { startConductor } from '#jobs/conductor.ts'
import { type Listener, listen } from '#jobs/listen.ts'
import { startWorker } from '#jobs/work.ts'
import type { OutgoingRules } from '#mailbox/imap/reach.ts'
import { hygiene } from '#migration/batch/hygiene.ts'
import { ensureLocalDatabase } from '#migration/database/ensure-local-database.ts'
import { type AllowedRoots, serverRoots } from '#migration/database/maildir-path.ts'
import type { OpenDeps } from '#migration/endpoint/endpoint-source.ts'
import { runPass } from '#migration/pass/run-pass.ts'
import { passRegister } from '#migration/pass/under-way.ts'
import type { Settings } from '#contract/settings.ts'
import { openSecrets, type Secrets } from '#store/secrets.ts'
import { noteNotifications } from '#store/service/notify.ts'
import { freshConfig, readConfig } from '#store/service/settings.ts'
import { outgoingAddresses } from './outgoing-addresses.ts'
import { type World, openWorld } from './open-world.ts'
import { tuningFromEnvironment } from './tuning.ts'

/** Ends of batches are noticed by looking, every second tick at least. */
const REPORTS_MS = 500
/** How long a worker whose host lacks the folder of a database leaves passes to others. */
const REST_MS = 60_000
/** Batches end by days. */
const HYGIENE_MS = 3_600_000

export interface ServiceOptions {
  readonly settings: Settings
  /** Passes at once in this process; 0: none. */
  readonly concurrency: number
  /** The embedded database is run by another process: the service whose worker this is. */
  readonly joins: boolean
  /** It works with the keys of the service, and makes none. */
  readonly isWorker: boolean
  /** No new group is begun; what is in flight lands. */
  readonly stopping: AbortSignal
  /** Connections are given up at once. */
  readonly aborting: AbortSignal
}

export interface Service extends AsyncDisposable {
  readonly world: World
  readonly secrets: Secrets
  readonly listener: Listener
  readonly opening: OpenDeps
  readonly outgoing: OutgoingRules
  readonly allowedRoots: AllowedRoots
  readonly workerName: string
  /** What this process listens on itself is no mail server: told once it is known. */
  listensOn(address: string, port: number): void
}

/** @throws Fault of scope `instance`: the process cannot start (exit 4) */
export async function openService(options: ServiceOptions): Promise<Service> {
  const tuning = tuningFromEnvironment()
  const heartbeatSeconds = tuning.service.heartbeatSeconds ?? BOSS_DEFAULTS.heartbeatSeconds
  await using undo = new AsyncDisposableStack()
  const world = undo.use(await openWorld(options.settings, options.joins ? 'always' : 'never'))
  const { store, log } = world
  const secrets = await openSecrets(store, !options.isWorker)
  await ensureLocalDatabase(store, store.dataFolder.path)
  const listeners: { address: string; port: number }[] = []
  const addresses = outgoingAddresses(options.settings.outgoingAddresses)
  const outgoing: OutgoingRules = {
    allowLoopback: options.settings.allowLoopback,
    ownListeners: () => listeners,
    connected: (address) => addresses.used(address),
  }
  const allowedRoots = serverRoots(store.dataFolder.path, options.settings.maildirRoots)
  const opening: OpenDeps = { log, outgoing, deadlines: tuning.deadlines }
  const listener = undo.use(listen(store, log))
  const boss = await startBoss(
    store,
    { heartbeatSeconds, mostDeaths: tuning.service.mostDeaths ?? BOSS_DEFAULTS.mostDeaths },
    log,
  )
  undo.defer(() => boss.stop({ graceful: false, close: true }))
  const limits = async () => ({
    maxConcurrent: (await readConfig(store)).maxConcurrentMigrations,
    workerTimeoutMs: tuning.service.workerTimeoutMs ?? capacityMs(heartbeatSeconds),
  })
  const hygieneMs = tuning.service.hygieneMs ?? HYGIENE_MS
  const { leastReportMs } = tuning.service
  const chores = [
    { what: 'writing down reports', everyMs: REPORTS_MS, run: () => noteNotifications(store, leastReportMs) },
    { what: 'looking at batches that nobody changes', everyMs: hygieneMs, run: () => hygiene(store, log) },
  ]
  undo.use(startConductor(store, boss, listener, limits, chores, log))
  const workerName = `${hostname()} ${process.pid}`
  if (options.concurrency > 0) {
    const register = undo.use(passRegister(store, log, tuning.service.graceMs))
    undo.defer(listener.on('stop', () => register.look()))
    const holds = new Map<string, Hold>()
    const holdOf = (endpointId: string) => {
      const hold = holds.get(endpointId) ?? new Hold(systemClock)
      holds.set(endpointId, hold)
      return hold
    }
    let restingUntil = 0
    const passDeps = {
      rest: () => (restingUntil = performance.now() + REST_MS),
      store,
      secrets,
      ledger: world.ledger,
      signer: world.signer,
      clock: systemClock,
      log,
      reports: world.reports,
      worker: workerName,
      budget: new LiteralBudget(),
      spareLanes: new Turnstile(options.concurrency + 2),
      holdOf,
      register,
      tuning: tuning.pass,
      patience: tuning.service,
      opening: { ...opening, allowedRoots },
      intervalMs: async () =>
        tuning.service.incrementalMs ?? (await freshConfig(store)).incrementalSyncIntervalSeconds * 1000,
      stopping: options.stopping,
      aborting: AbortSignal.any([options.aborting, store.lost]),
    }
    undo.use(
      startWorker(
        store,
        boss,
        listener,
        {
          capacity: options.concurrency,
          name: workerName,
          host: hostname(),
          version,
          addresses: () => addresses.now(),
          heartbeatSeconds,
          isResting: () => performance.now() < restingUntil,
        },
        (job) => runPass(passDeps, job),
        log,
      ),
    )
  }
  const owned = undo.move()
  return {
    world,
    secrets,
    listener,
    opening,
    outgoing,
    allowedRoots,
    workerName,
    listensOn: (address, port) => void listeners.push({ address, port }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
