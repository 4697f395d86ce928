/** `waybill serve` (npm start): database, API and worker in one process, until it is told to stop. */
import { join } from 'node:path'
import { version } from '#base/version.ts'
import { systemClock } from '#base/clock.ts'
import { startApi } from '#api/start-api.ts'
import type { ServeRequest } from '#contract/serve.ts'
import type { Settings } from '#contract/settings.ts'
import { EXIT } from '#contract/migrate.ts'
import { foldReads } from '#migration/audit/fold-reads.ts'
import { recordSignIns } from '#migration/audit/record-sign-ins.ts'
import { connectionTester } from '#migration/endpoint/connection-tester.ts'
import { keptAnswers } from '#migration/kept-answers.ts'
import { startSender } from '#migration/notification/sender.ts'
import { tokenUseCases } from '#migration/organization/token-use-cases.ts'
import { useCases } from '#migration/use-cases.ts'
import { loadSettings } from './configuration/load-settings.ts'
import { openAdministrators } from './open-administrators.ts'
import { openService } from './open-service.ts'
import { openMetrics } from './metrics/open-metrics.ts'
import { readiness } from './readiness.ts'
import { serviceSocket } from './service-socket.ts'
import { tlsFiles } from './tls-files.ts'
import { tuningFromEnvironment } from './tuning.ts'
import { untilStopped } from './until-stopped.ts'
import { startWorkerChild } from './worker-child.ts'

export async function runServe(request: ServeRequest): Promise<number> {
  const settings = loadSettings(request)
  const stop = untilStopped()
  const say = (text: string) => void process.stderr.write(`${text}\n`)
  say('Waybill is starting …')
  await using service = await openService({
    settings,
    concurrency: 0,
    joins: false,
    isWorker: false,
    stopping: stop.stopping,
    aborting: stop.aborting,
  })
  const { world, secrets, outgoing } = service
  const { store, log } = world
  const tuning = tuningFromEnvironment().service
  const tokens = tokenUseCases({ store })
  await using signIns = recordSignIns({ store, log })
  await using reads = foldReads({ store, log })
  const administrators = openAdministrators(store, tuning, signIns.told)
  const firstPassword = await administrators.offerFirstPassword()
  using tls = tlsFiles(settings, log)
  const metrics = openMetrics(store, log, tls.ends)
  const { publicUrl } = settings
  await using _sender = startSender(
    { store, secrets, outgoing, publicUrl, listener: service.listener, log },
    {
      againMs: tuning.reportAgainMs,
      forMs: tuning.reportForMs,
      pollMs: tuning.reportPollMs,
      claimMs: tuning.reportClaimMs,
    },
  )
  const api = await startApi({
    useCases: useCases({
      store,
      secrets,
      clock: systemClock,
      listener: service.listener,
      opening: service.opening,
      outgoing,
      allowedRoots: service.allowedRoots,
      publicUrl,
      tester: connectionTester({ outgoing }),
      tokens,
      administrators: administrators.deps,
      reads,
      reports: world.reports,
    }),
    kept: keptAnswers({ store, secrets, log }, tuningFromEnvironment().service.keyLeaseMs),
    authenticate: tokens.authenticate,
    authenticateSession: administrators.deps.sessions.authenticate,
    socketPath: serviceSocket(store.dataFolder.path),
    listen: settings.tcp ? settings.listen : null,
    allowPlainHttp: settings.allowPlainHttp,
    hostNames: namesOf(settings),
    publicUrl: settings.publicUrl,
    trustedProxies: settings.trustedProxies,
    tls: tls.material,
    ready: readiness(store, stop.stopping),
    observer: metrics.observer,
    metrics: metrics.text,
    webFolder: join(import.meta.dirname, '../../web/dist'),
    log,
    version,
    limits: tuning.recheckMs === undefined ? {} : { recheckMs: tuning.recheckMs },
  })
  const worker =
    settings.concurrency > 0
      ? startWorkerChild({ ...settings, dataFolder: store.dataFolder.path }, request.configFile, log)
      : null
  stop.aborting.addEventListener('abort', () => worker?.abort())
  tls.renew((material) => api.renewTls(material))
  stop.onReload(() => {
    log.reopen()
    worker?.reload()
    tls.look()
  })
  if (api.address) service.listensOn(api.address.host, api.address.port)
  log.info('the service has started', { version, pid: process.pid, url: api.address?.url ?? null })
  say(`Waybill ${version} is running.`)
  if (api.address) say(`  Admin center   ${api.address.url}/`)
  if (api.address) say(`  API            ${api.address.url}/api/v1 (bearer tokens: ./waybill token create --help)`)
  // Over the local socket alone nobody signs in.
  if (api.address && firstPassword !== null)
    say(`  First sign-in  nobody can sign in yet; the first password, for a day: ${firstPassword}`)
  say(`  This machine   no sign-in needed: eval "$(./waybill aliases)"; then Get-MigrationBatch, Get-Help`)
  say(`  Data folder    ${store.dataFolder.path}`)
  say(`  Passes at once ${settings.concurrency}`)
  say('Ctrl-C stops it; what is in flight lands first.')
  const lost = await stop.told(store.lost)
  log.info('the service is stopping')
  say('Stopping: what is in flight still lands. Ctrl-C again gives it up; nothing is lost either way.')
  await Promise.all([api.close(), worker?.stop()])
  if (lost) throw lost
  return EXIT.ok
}

/** What a proxy or a browser may call us. */
const namesOf = ({ hostNames, publicUrl }: Settings) => [
  ...hostNames,
  ...(publicUrl === null ? [] : [new URL(publicUrl).hostname]),
]
