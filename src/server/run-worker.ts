/** `waybill worker`: passes only, on as many hosts as wanted, with the DATABASE_URL that they share. */
import { Fault } from '#base/fault.ts'
import { EXIT } from '#contract/migrate.ts'
import type { WorkerRequest } from '#contract/serve.ts'
import { openService } from './open-service.ts'
import { untilStopped } from './until-stopped.ts'

export async function runWorker(request: WorkerRequest): Promise<number> {
  if (!process.env['DATABASE_URL']) {
    throw new Fault({
      code: 'WORKER_NEEDS_DATABASE_URL',
      scope: 'instance',
      transient: false,
      message: 'A worker shares the database of the service, and there is no DATABASE_URL.',
      remedy:
        'Set DATABASE_URL to the PostgreSQL that the service uses. One machine alone needs no worker: waybill serve has its own.',
    })
  }
  const stop = untilStopped()
  const say = (text: string) => void process.stderr.write(`${text}\n`)
  await using service = await openService({ ...request, stopping: stop.stopping, aborting: stop.aborting })
  say(`Waybill worker "${service.workerName}" is running, ${request.concurrency} passes at once.`)
  const lost = await stop.told(service.world.store.lost)
  say('Stopping: what is in flight still lands. Ctrl-C again gives it up; nothing is lost either way.')
  if (lost) throw lost
  return EXIT.ok
}
