import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stateOf, until } from '#test/crash/until.ts'
import { temporaryFolder, waybill } from '#test/migrate/run-waybill.ts'
import { dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { postgresMissing } from '#test/servers/postgres.ts'
import { send } from '#test/servers/processes.ts'
import { startRelay } from '#test/servers/relay.ts'
import { fill } from '#test/worlds/fill.ts'
import { mostAtOnce } from './most-at-once.ts'
import { Fleet } from './workers-world.ts'
import { everydayMailbox, startServiceWorld } from './world.ts'
import { removeFolder } from '#test/remove-folder.ts'

const skip = dovecotMissing() || postgresMissing()

test('slots 2 and 1 are never exceeded by three worker processes, shown by the event log', { skip }, async () => {
  const folder = temporaryFolder('workers')
  await using stack = new AsyncDisposableStack()
  stack.defer(() => removeFolder(folder))
  const users = ['a', 'b', 'c', 'd', 'e']
  const source = stack.use(await startDovecot({ users: Object.fromEntries(users.map((user) => [user, 'pass'])) }))
  const login = (user: string) => ({ host: '127.0.0.1', port: source.port, user, password: 'pass' })
  for (const [index, user] of users.entries()) await fill(login(user), everydayMailbox(index * 10, 10))
  const relay = stack.use(await startRelay({ port: source.port, delayMs: 10 }))
  const fleet = stack.use(await Fleet.start(folder))
  const { server } = fleet
  await server.newEndpoint('Source', relay, { maxConcurrentMigrations: 2, maxConcurrentIncrementalSyncs: 1 })
  await server.must('POST', '/databases', { name: 'Shared', kind: 'Maildir', path: `${folder}/shared` })
  for (const name of ['one', 'two', 'three']) fleet.startWorker({ name, concurrency: 5 })
  await until('three workers live', async () => {
    const { workers } = await server.must<{ workers: unknown[] }>('GET', '/statistics')
    return workers.length === 3
  })
  await server.newBatch(
    'Slots',
    users.map((user) => [user] as const),
    { autoStart: true, targetDatabases: ['Shared'] },
  )
  await server.reaches('Slots', 'Synced')
  for (let round = 2; round <= 4; round++) {
    await server.must('PATCH', '/batches/Slots', { syncNow: true })
    await until(`round ${round} is over`, async () => {
      const ended = (await server.events()).filter(({ kind }) => kind === 'pass.ended')
      return ended.length === users.length * round
    })
  }
  const events = await server.events()
  assert.deepEqual(mostAtOnce(events, 'Source'), { initial: 2, incremental: 1 })
  const workers = new Set(events.flatMap(({ kind, worker }) => (kind === 'pass.started' ? [worker] : [])))
  assert.ok(workers.size > 1, `only ${[...workers].join()} worked`)
  const { workers: states } = await server.must<{ workers: { active: number }[] }>('GET', '/statistics')
  assert.ok(states.every(({ active }) => active === 0))
})

test('a worker without DATABASE_URL and without a service to join is refused, and says what to do', async () => {
  const folder = temporaryFolder('alone')
  try {
    const { code, stderr } = await waybill(['worker', '--data', folder], { DATABASE_URL: '' })
    assert.equal(code, 4)
    assert.match(stderr, /no DATABASE_URL/)
  } finally {
    removeFolder(folder)
  }
})

test(
  'the worker of a service is started again when it is killed, and its mailbox goes on',
  { skip: dovecotMissing() },
  async () => {
    await using world = await startServiceWorld('worker-killed', ['w'])
    const workers = async () =>
      (await world.served.must<{ workers: { name: string; isAlive: boolean }[] }>('GET', '/statistics')).workers
    await until('the worker lives', async () => (await workers()).length === 1)
    const pid = Number(/ (\d+)$/.exec((await workers())[0]!.name)?.[1])
    send(pid, 'SIGKILL')
    await until('another one lives', async () => (await workers()).some(({ name }) => !name.endsWith(` ${pid}`)))
    await world.served.newBatch('After', [['w']], { autoStart: true })
    await world.served.reaches('After', 'Synced')
    assert.deepEqual(await world.differences('w'), [])
  },
)

test('when the service is killed its worker ends, too', { skip: dovecotMissing() }, async () => {
  await using world = await startServiceWorld('service-killed', ['w'])
  const { workers } = await world.served
    .must<{ workers: { name: string }[] }>('GET', '/statistics')
    .then(async (first) => {
      let now = first
      await until('the worker lives', async () => {
        now = await world.served.must('GET', '/statistics')
        return now.workers.length === 1
      })
      return now
    })
  const pid = Number(/ (\d+)$/.exec(workers[0]!.name)?.[1])
  send(world.served.running.child.pid!, 'SIGKILL')
  await until('the worker has ended', () => stateOf(pid) === null)
})
