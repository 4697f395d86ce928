/**
 * `waybill worker`: passes only. With DATABASE_URL on as many hosts as wanted; without it, it joins the service that runs
 * for the data folder, which is how `waybill serve` has its passes run in a process of their own.
 */
import { Fault } from '#base/fault.ts'
import { EXIT } from '#contract/migrate.ts'
import type { WorkerRequest } from '#contract/serve.ts'
import { loadSettings } from './configuration/load-settings.ts'
import { openService } from './open-service.ts'
import { isServed } from './service-socket.ts'
import { untilStopped } from './until-stopped.ts'

export async function runWorker(request: WorkerRequest): Promise<number> {
  const settings = loadSettings(request)
  const { concurrency, dataFolder } = settings
  const joins = settings.databaseUrl === null
  if (joins && !request.untilInputEnds) await refuseAlone(dataFolder)
  const stop = untilStopped(request.untilInputEnds)
  const say = (text: string) => void process.stderr.write(`${text}\n`)
  // The service that started us has gone: its database goes with it, and another start has a worker of its own.
  if (request.untilInputEnds) process.stdin.on('end', () => process.exit(EXIT.cannotStart)).resume()
  await using service = await openService({
    settings,
    concurrency,
    joins,
    isWorker: true,
    stopping: stop.stopping,
    aborting: stop.aborting,
  })
  if (!request.untilInputEnds) say(`Waybill worker "${service.workerName}" is running, ${concurrency} passes at once.`)
  stop.onReload(() => service.world.log.reopen())
  const lost = await stop.told(service.world.store.lost)
  if (!request.untilInputEnds)
    say('Stopping: what is in flight still lands. Ctrl-C again gives it up; nothing is lost either way.')
  // A pipe, when a service started us; it must not keep us.
  if (request.untilInputEnds) process.stdin.destroy()
  if (lost) throw lost
  return EXIT.ok
}

/** Without DATABASE_URL there must be a service to join. */
async function refuseAlone(dataFolder: string): Promise<void> {
  if (await isServed(dataFolder)) return
  throw new Fault({
    code: 'WORKER_NEEDS_DATABASE_URL',
    scope: 'instance',
    transient: false,
    message: `A worker shares the database of a service: there is no DATABASE_URL, and no service runs for the data folder ${dataFolder}.`,
    remedy:
      'Set DATABASE_URL to the PostgreSQL that the service uses. One machine alone needs no worker: waybill serve has its own.',
  })
}
