/** What operators see of a running service: figures, workers and their addresses, the log, readiness. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { isDeepStrictEqual } from 'node:util'
import { after, before, suite, test } from 'node:test'
import type { MigrationWorker } from '#contract/worker.ts'
import { until } from '#test/crash/until.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'
import { dovecotMissing } from '#test/servers/dovecot.ts'
import { postgresMissing, startPostgres } from '#test/servers/postgres.ts'
import { send } from '#test/servers/processes.ts'
import { Served, type ServiceWorld, address, startServiceWorld } from './world.ts'

const plainly = (socketPath: string, path: string) =>
  new Promise<{ status: number; text: string }>((resolve, reject) => {
    request({ socketPath, path, agent: false }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode!, text: body }), reject)
    })
      .on('error', reject)
      .end()
  })

suite('a running service', { skip: dovecotMissing() }, () => {
  let world: ServiceWorld
  before(async () => {
    world = await startServiceWorld('operating', ['a', 'b'])
  })
  after(async () => await world[Symbol.asyncDispose]())

  const plain = (path: string) => plainly(world.served.socketPath, path)
  /** By name with its labels. */
  async function figures(): Promise<Map<string, number>> {
    const { text: all } = await plain('/metrics')
    return new Map(
      all.split('\n').flatMap((line) => {
        const match = /^([^#].*) (\S+)$/.exec(line)
        return match ? [[match[1]!, Number(match[2])] as const] : []
      }),
    )
  }
  const log = () => join(world.served.dataFolder, 'logs', 'waybill.log')

  test('the figures tell what was carried, and count on when the batch is gone', async () => {
    const { served } = world
    await served.newBatch('Counted', [['a'], ['b', 'wrong']], { autoStart: true })
    await served.reaches('Counted', 'SyncedWithErrors')
    let seen = new Map<string, number>()
    await until('the figures are fresh', async () => {
      seen = await figures()
      return seen.get('waybill_batches{status="SyncedWithErrors"}') === 1
    })
    assert.equal(seen.get('waybill_users{status="Synced"}'), 1)
    assert.equal(seen.get('waybill_users{status="Failed"}'), 1)
    assert.equal(seen.get('waybill_passes_total{kind="Initial",result="Synced"}'), 1)
    assert.equal(seen.get('waybill_messages_carried_total'), 10)
    assert.ok(seen.get('waybill_bytes_carried_total')! > 1_000)
    assert.equal(seen.get('waybill_pass_faults_total{code="AUTH_REFUSED"}'), 1)
    assert.equal(seen.get('waybill_slots_limit{endpoint="Source",bucket="initial"}'), 20)
    assert.equal(seen.get('waybill_slots_used{endpoint="Source",bucket="initial"}'), 0)
    assert.equal(seen.get('waybill_users_due{bucket="initial"}'), 0)
    assert.equal(seen.get('waybill_workers{alive="true"}'), 1)
    assert.equal(seen.get('waybill_worker_capacity'), 20)
    assert.equal(seen.get('waybill_notifications_waiting{channel="Mail"}'), 0)
    assert.equal(seen.get('waybill_database_up'), 1)
    assert.equal(seen.get('waybill_event_streams'), 0)
    assert.ok(seen.get('process_resident_memory_bytes')! > 1_000_000)
    assert.ok([...seen.keys()].some((name) => name.includes('route="/api/v1/batches/:identity"')))
    await served.must('POST', '/batches/Counted/stop')
    await served.reaches('Counted', 'Stopped')
    await served.must('DELETE', '/batches/Counted')
    await until('the batch is gone', async () => (await served.ask('GET', '/batches/Counted')).status === 404)
    await until('its users are gone', async () => {
      seen = await figures()
      return (
        seen.get('waybill_users{status="IncrementalStopped"}') === 0 &&
        seen.get('waybill_users{status="Stopped"}') === 0
      )
    })
    assert.equal(seen.get('waybill_messages_carried_total'), 10)
    assert.equal(seen.get('waybill_passes_total{kind="Initial",result="Synced"}'), 1)
    const everything = (await plain('/metrics')).text
    for (const secret of [address('a'), 'contoso', 'wrong', 'Counted']) assert.ok(!everything.includes(secret), secret)
  })

  test('Get-MigrationWorker is told where the worker connects from', async () => {
    let workers: MigrationWorker[] = []
    await until('a heartbeat has told of the connections', async () => {
      workers = (await world.served.must<{ items: MigrationWorker[] }>('GET', '/workers')).items
      return workers[0]!.usedAddresses.length > 0
    })
    const [worker] = workers
    assert.equal(workers.length, 1)
    assert.ok(worker!.name.startsWith(`${worker!.host} `))
    assert.deepEqual(worker!.usedAddresses, ['127.0.0.1'])
    assert.ok(worker!.isAlive && worker!.capacity === 20 && worker!.version !== '')
    assert.ok(!worker!.addresses.some((each) => each.startsWith('127.') || each.startsWith('fe80:')))
  })

  test('SIGHUP without a terminal opens the log anew in both processes, and stops nothing', async () => {
    const { served } = world
    renameSync(log(), `${log()}.1`)
    send(served.running.child.pid!, 'SIGHUP')
    await until('there is a new log', () => existsSync(log()))
    // The worker's own line, in the new file: `a` is carried by it.
    await served.newBatch('AfterHup', [['a']], { autoStart: true })
    await served.reaches('AfterHup', 'Synced')
    await until('the worker writes to the new file', () => readFileSync(log(), 'utf8').includes('pass'))
  })
})

test(
  'readyz is 503 with the reason while the database is away, and 200 when it is back',
  { skip: postgresMissing() },
  async () => {
    await using stack = new AsyncDisposableStack()
    const folder = temporaryFolder('readyz')
    stack.defer(() => removeFolder(folder))
    const postgres = stack.use(await startPostgres())
    const dataFolder = join(folder, 'data')
    const { socketPath } = stack.use(
      await Served.start({ dataFolder, databaseUrl: postgres.url, args: ['--concurrency', '0'] }),
    )
    assert.deepEqual(await plainly(socketPath, '/readyz'), { status: 200, text: '{"status":"ready"}' })
    await postgres.stop()
    const away = { status: 503, text: '{"status":"not ready","reasons":["database"]}' }
    await until('it says so', async () => isDeepStrictEqual(await plainly(socketPath, '/readyz'), away))
    assert.equal((await plainly(socketPath, '/healthz')).status, 200)
    await postgres.restart()
    await until('it is ready again', async () => (await plainly(socketPath, '/readyz')).status === 200)
  },
)
