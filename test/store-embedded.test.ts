import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { Fault } from '#base/fault.ts'
import { silentLog } from '#base/log.ts'
import { prepareDataFolder } from '#store/data-folder.ts'
import { instanceHash } from '#store/embedded/socket-folder.ts'
import { isAlive, livePostmaster } from '#store/embedded/processes.ts'
import { openStore, type Store } from '#store/open.ts'
import { removeFolder } from '#test/remove-folder.ts'

const isRoot = process.getuid?.() === 0
const folders: string[] = []

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-store-'))
  folders.push(folder)
  return folder
}

after(() => {
  for (const folder of folders) removeFolder(folder)
})

const open = (dataFolder: string) => openStore({ dataFolder, log: silentLog })
const postgresOf = (folder: string) => join(folder, 'postgres')

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000
  while (!(await holds())) {
    assert.ok(Date.now() < end, `waited 30 s for: ${what}`)
    await wait(5)
  }
}

/** Every process of this cluster: postmaster, its children, its supervisor. */
function clusterPids(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, 'utf8')
        const named =
          words.includes(`postgres: waybill-${instanceHash(folder)}:`) || words.includes(`\0${postgresOf(folder)}\0`)
        return named
      } catch {
        return false
      }
    })
    .map(Number)
}

function killNine(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended with the one before.
    }
  }
}

/** A process of ours that opens the store, says `open`, and then runs `body` with `store` and `say` in scope. */
function holder(
  folder: string,
  body: string,
): { child: ChildProcess; lines: string[]; said: (line: string) => Promise<void> } {
  const program = `
    import { openStore } from '#store/open.ts'
    import { silentLog } from '#base/log.ts'
    const say = (text) => process.stdout.write(text + '\\n')
    const store = await openStore({ dataFolder: ${JSON.stringify(folder)}, log: silentLog }).catch((fault) => {
      say(fault.code + ' ' + fault.message)
      process.exit(4)
    })
    say('open')
    ${body}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  const said = async (line: string) => {
    await until(`the child says ${line}`, () => lines.includes(line) || child.exitCode !== null)
    assert.ok(lines.includes(line), `the child said: ${lines.join(' / ')}`)
  }
  return { child, lines, said }
}

const idle = 'setInterval(() => {}, 1000)'
const writer = `
  await store.pool.query('create table if not exists kept (n bigserial primary key)')
  for (;;) say((await store.pool.query('insert into kept default values returning n')).rows[0].n + '')`

test('a first start makes the folder, a second finds its rows; the role is no superuser; only the owner reads', async () => {
  const folder = freshFolder()
  {
    await using store = await open(folder)
    assert.equal(store.kind, 'embedded')
    assert.match(store.serverVersion, /^18\./)
    await store.pool.query('create table kept (n bigint)')
    await store.pool.query('insert into kept values ($1)', [4294967295])
    const { rows } = await store.pool.query(`select rolsuper or rolcreatedb or rolcreaterole as mighty,
      current_setting('fsync') as fsync, current_setting('listen_addresses') as listens,
      current_setting('password_encryption') as scram from pg_roles where rolname = current_user`)
    assert.deepEqual(rows, [{ mighty: false, fsync: 'on', listens: '', scram: 'scram-sha-256' }])
  }
  assert.equal(livePostmaster(postgresOf(folder)), null)
  assert.deepEqual(clusterPids(folder), [])
  {
    await using store = await open(folder)
    assert.deepEqual((await store.pool.query('select n from kept')).rows, [{ n: 4294967295 }])
  }
  for (const part of ['keys', 'run', 'reports', 'logs', 'postgres']) {
    assert.equal(statSync(join(folder, part)).mode & 0o777, 0o700, part)
  }
  for (const file of readdirSync(join(folder, 'keys'))) {
    assert.equal(statSync(join(folder, 'keys', file)).mode & 0o777, 0o600, file)
  }
  assert.equal(statSync(folder).mode & 0o027, 0)
  if (isRoot) assert.notEqual(statSync(postgresOf(folder)).uid, 0)
})

test('kill -9 of everything four times loses no committed row', async () => {
  const folder = freshFolder()
  const committed: number[] = []
  for (let round = 0; round < 4; round++) {
    const { child, lines, said } = holder(folder, writer)
    await said('open')
    await until('100 rows', () => lines.length > 100)
    killNine([child.pid!, ...clusterPids(folder)])
    await once(child, 'close')
    committed.push(...lines.filter((line) => /^\d+$/.test(line)).map(Number))
  }
  await using store = await open(folder)
  const { rows } = await store.pool.query<{ n: number }>('select n from kept')
  const there = new Set(rows.map(({ n }) => n))
  assert.ok(committed.length >= 400)
  assert.deepEqual(
    committed.filter((n) => !there.has(n)),
    [],
  )
})

test('a process that was killed is not taken for one that lives, in whatever moment one looks', async () => {
  for (let round = 0; round < 20; round++) {
    const child = spawn('/bin/sleep', ['60'], { stdio: 'ignore' })
    await once(child, 'spawn')
    assert.equal(isAlive(child.pid!), true)
    child.kill('SIGKILL')
    assert.equal(isAlive(child.pid!), false, `round ${round}`)
    await once(child, 'exit')
    assert.equal(isAlive(child.pid!), false)
  }
})

test('PostgreSQL ends when we are killed with -9, and a start in that very moment works', async () => {
  const folder = freshFolder()
  for (let round = 0; round < 3; round++) {
    const { child, said } = holder(folder, idle)
    await said('open')
    child.kill('SIGKILL')
    if (round < 2) {
      await using store = await open(folder)
      await store.pool.query('select 1')
    }
  }
  await until('PostgreSQL to end', () => clusterPids(folder).length === 0)
})

test('Ctrl-C in the terminal does not stop PostgreSQL under us', async () => {
  const folder = freshFolder()
  const { child, said } = holder(
    folder,
    `process.on('SIGINT', async () => {
       await store.pool.query('select 1')
       say('still there')
       await store[Symbol.asyncDispose]()
     })
     const alive = setInterval(() => {}, 100)
     store.lost.onabort = () => clearInterval(alive)
     say('listening')
     process.on('SIGINT', () => clearInterval(alive))`,
  )
  await said('listening')
  process.kill(-child.pid!, 'SIGINT')
  await said('still there')
  await once(child, 'close')
  assert.equal(child.exitCode, 0)
  assert.deepEqual(clusterPids(folder), [])
})

test('a second process is refused, and told the folder and the pid of the first', async () => {
  const folder = freshFolder()
  const { child, said } = holder(folder, idle)
  await said('open')
  await assert.rejects(open(folder), (fault: Fault) => {
    assert.equal(fault.code, 'DATA_FOLDER_IN_USE')
    assert.equal(fault.scope, 'instance')
    assert.match(fault.message, new RegExp(`${folder}.*process ${child.pid}$`))
    return true
  })
  child.kill('SIGKILL')
})

test('of two first starts at once one opens and the other is refused', async () => {
  const folder = freshFolder()
  const both = [holder(folder, idle), holder(folder, idle)]
  await until('both have said something', () => both.every(({ lines }) => lines.length > 0))
  const words = both.map(({ lines }) => lines[0]!.split(' ')[0]).sort()
  assert.deepEqual(words, ['DATA_FOLDER_IN_USE', 'open'])
  for (const { child } of both) child.kill('SIGKILL')
  await until('PostgreSQL to end', () => clusterPids(folder).length === 0)
})

async function answers(store: Store): Promise<number> {
  return store.retrying(async () => (await store.pool.query<{ one: number }>('select 1 as one')).rows[0]!.one)
}

test('a killed postmaster comes back: retried queries succeed and the folder stays ours', async () => {
  const folder = freshFolder()
  await using store = await open(folder)
  for (let round = 0; round < 3; round++) {
    const killed = store.postmasterPid()!
    process.kill(killed, 'SIGKILL')
    assert.equal(await answers(store), 1)
    // The answer may have come from a backend that had not noticed yet.
    await until(
      'another postmaster',
      () => livePostmaster(postgresOf(folder))?.ready === true && store.postmasterPid() !== killed,
    )
    assert.equal(await answers(store), 1)
  }
  const lock = `select count(*) as n from pg_locks where locktype = 'advisory' and granted`
  await until('the lock to be taken again', () =>
    store.retrying(async () => (await store.pool.query<{ n: number }>(lock)).rows[0]!.n === 1),
  )
  await assert.rejects(open(folder), { code: 'DATA_FOLDER_IN_USE' })
  assert.equal(store.lost.aborted, false)
})

test('a PostgreSQL whose supervisor was killed with us is stopped and started anew', async () => {
  const folder = freshFolder()
  const { child, said } = holder(folder, idle)
  await said('open')
  const orphan = livePostmaster(postgresOf(folder))!
  assert.equal(orphan.supervised, true)
  killNine(clusterPids(folder).filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('/bin/sh')))
  child.kill('SIGKILL')
  await once(child, 'close')
  assert.equal(livePostmaster(postgresOf(folder))?.pid, orphan.pid)
  await using store = await open(folder)
  assert.notEqual(store.postmasterPid(), orphan.pid)
  assert.equal(await answers(store), 1)
})

test('closing stops PostgreSQL even when its supervisor was killed', async () => {
  const folder = freshFolder()
  {
    await using store = await open(folder)
    killNine(clusterPids(folder).filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('/bin/sh')))
    assert.equal(await answers(store), 1)
  }
  await until('PostgreSQL to end', () => clusterPids(folder).length === 0)
})

test('a postmaster.pid whose pid is now another program does not stop a start', async () => {
  const folder = freshFolder()
  await (await open(folder))[Symbol.asyncDispose]()
  writeFileSync(
    join(postgresOf(folder), 'postmaster.pid'),
    `${process.ppid}\n${postgresOf(folder)}\n1\n5432\n/tmp\n\n  1  1\nready\n`,
  )
  await using store = await open(folder)
  assert.equal(await answers(store), 1)
})

test('a data folder that was deleted can be made again at the same path', async () => {
  const folder = freshFolder()
  for (let round = 0; round < 2; round++) {
    await using store = await open(folder)
    assert.equal(await answers(store), 1)
    await store[Symbol.asyncDispose]()
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true })
  }
})

test('a database of another major is refused with the remedy', async () => {
  const folder = freshFolder()
  prepareDataFolder(folder)
  mkdirSync(postgresOf(folder))
  writeFileSync(join(postgresOf(folder), 'PG_VERSION'), '17\n')
  await assert.rejects(open(folder), (fault: Fault) => {
    assert.equal(fault.code, 'POSTGRES_MAJOR_MISSING')
    assert.match(fault.message, /made by PostgreSQL 17/)
    assert.match(fault.remedy!, /pg_dump/)
    return true
  })
})

test(
  'a parent closed to the uid of PostgreSQL is named',
  { skip: !isRoot && 'PostgreSQL runs as ourselves' },
  async () => {
    const parent = freshFolder()
    await assert.rejects(open(join(parent, 'data')), (fault: Fault) => {
      assert.equal(fault.code, 'DATA_FOLDER_UNREACHABLE')
      assert.equal(fault.facts['parent'], parent)
      assert.match(fault.remedy!, new RegExp(`chmod o\\+x ${parent}`))
      return true
    })
  },
)

test('a folder that is not ours to write, or is a file, or is open to others, is one clear fault', async () => {
  const folder = freshFolder()
  writeFileSync(join(folder, 'file'), '')
  await assert.rejects(open(join(folder, 'file', 'data')), { code: 'DATA_FOLDER_NOT_A_FOLDER', scope: 'instance' })
  chmodSync(folder, 0o777)
  await assert.rejects(open(folder), { code: 'DATA_FOLDER_EXPOSED' })
  await assert.rejects(open('/proc/waybill'), { scope: 'instance' })
  if (!isRoot) await assert.rejects(open('/usr/waybill'), { code: 'DATA_FOLDER_NOT_WRITABLE' })
})

test('a socket folder made by somebody else is refused', { skip: isRoot && 'root owns /run/waybill' }, async () => {
  const folder = freshFolder()
  writeFileSync(`/tmp/waybill-${instanceHash(folder)}`, '')
  await assert.rejects(open(folder), { code: 'SOCKET_FOLDER_TAKEN' })
})

test('a command that forgets to close ends all the same, and PostgreSQL with it', async () => {
  const folder = freshFolder()
  const { child, said } = holder(folder, `await store.pool.query('select 1')`)
  await said('open')
  if (child.exitCode === null) await once(child, 'close')
  assert.equal(child.exitCode, 0)
  await until('PostgreSQL to end', () => clusterPids(folder).length === 0)
})
