import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { systemClock, type Clock } from '#base/clock.ts'
import type { MailboxIdentity } from '#engine/ports.ts'
import { openLedger } from '#store/ledger/open-ledger.ts'
import type { LedgerOptions } from '#store/ledger/types.ts'
import { folderRecord, identity, intentOf, intercepted, type LedgerWorld, ledgerWorld, never } from './ledger-world.ts'

let world: LedgerWorld
before(async () => {
  world = await ledgerWorld()
})
after(() => world[Symbol.asyncDispose]())

const short: LedgerOptions = { leaseMs: 900, settleMs: 5000 }
const held = { code: 'USER_ALREADY_BEING_MIGRATED', scope: 'mailbox' }

/** Another process that holds the mailbox, with an open intent for messages 1 and 2. */
async function holder(who: MailboxIdentity, options: LedgerOptions): Promise<{ child: ChildProcess; said: Said }> {
  const child = fork(new URL('ledger-holder.ts', import.meta.url))
  const { host, port, user, database, password } = world.store.pool.options
  child.send({ database: { host, port, user, database, password, max: 3 }, identity: who, options })
  return { child, said: await heard(child) }
}

interface Said {
  readonly fence?: number
  readonly holds?: boolean
  readonly code?: string
  readonly lost?: boolean
}

const heard = (child: ChildProcess): Promise<Said> =>
  new Promise((resolve) => child.once('message', (message: Said) => resolve(message)))

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

test('a lease given back is taken at once, and the target may be looked at', async () => {
  const who = identity()
  const door = openLedger(world.store)
  const first = await door.open(who, never)
  assert.equal(first.lease.holds(), true)
  await first[Symbol.asyncDispose]()
  assert.equal(first.lease.holds(), false)
  await using second = await door.open(who, never)
  assert.ok(second.lease.fence > first.lease.fence)
  assert.equal(second.lease.lookAfterMs, 0)
  assert.equal(second.id, first.id)
  await assert.rejects(first.saveFolders([folderRecord('INBOX')]), { code: 'LEASE_LOST', transient: true })
})

test('who leaves with open intents makes the next one wait the settle time before it looks', async () => {
  const who = identity()
  const door = openLedger(world.store, short)
  const before = Date.now()
  {
    await using ledger = await door.open(who, never)
    await ledger.saveFolders([folderRecord('INBOX')])
    await ledger.intend(intentOf('INBOX', [1]))
  }
  await using ledger = await door.open(who, never)
  const { lookAfterMs } = ledger.lease
  assert.ok(lookAfterMs >= before + 4990 && lookAfterMs <= Date.now() + 5010, String(lookAfterMs - before))
})

test('after kill -9 on this machine the next run does not wait for the lease, but does for the settle time', async () => {
  const who = identity()
  const { child } = await holder(who, { ...short, leaseMs: 60_000 })
  await kill(child)
  const killedAt = Date.now()
  await using ledger = await openLedger(world.store, short).open(who, never)
  assert.ok(Date.now() - killedAt < 5000, 'waited for the lease of a process that is gone')
  assert.ok(ledger.lease.lookAfterMs >= killedAt + 5000, 'looked before the target could have settled')
})

test('after kill -9 on another machine the next run takes over at the end of the lease', async () => {
  const who = identity()
  const { child, said } = await holder(who, { ...short, host: 'elsewhere' })
  assert.equal(said.holds, true)
  await kill(child)
  const killedAt = Date.now()
  await using ledger = await openLedger(world.store, short).open(who, never)
  const waitedMs = Date.now() - killedAt
  assert.ok(waitedMs < 2000, `waited ${waitedMs} ms for a dead holder's lease of 900 ms`)
  assert.ok(ledger.lease.fence > said.fence!)
  const { lookAfterMs } = ledger.lease
  assert.ok(
    lookAfterMs >= killedAt + 5000 - 900 && lookAfterMs <= killedAt + 5000 + 950,
    String(lookAfterMs - killedAt),
  )
  assert.deepEqual(
    (await ledger.openIntents()).flatMap(({ messages }) => messages.map(({ uid }) => uid)),
    [1, 2],
  )
})

test('a holder that was frozen wakes without its lease, and its write is refused', async () => {
  const who = identity()
  const { child } = await holder(who, short)
  child.kill('SIGSTOP')
  await using ledger = await openLedger(world.store, { ...short, settleMs: 0 }).open(who, never)
  const answers: Said[] = []
  const both = new Promise<void>((resolve) => {
    child.on('message', (message: Said) => {
      answers.push(message)
      if (answers.length === 2) resolve()
    })
  })
  child.send('write')
  child.kill('SIGCONT')
  await both
  assert.ok(answers.some(({ lost }) => lost))
  assert.deepEqual(
    answers.find(({ code }) => code),
    { holds: false, code: 'LEASE_LOST' },
  )
  assert.equal((await ledger.openIntents()).length, 1)
  await kill(child)
})

test('a write of a holder that does not know yet is refused by the fence, and tells it', async () => {
  const ledger = await openLedger(world.store).open(identity(), never)
  await world.store.pool.query('UPDATE mailbox SET lease_fence = lease_fence + 1 WHERE id = $1', [ledger.id])
  assert.equal(ledger.lease.holds(), true)
  await assert.rejects(ledger.saveFolders([folderRecord('INBOX')]), { code: 'LEASE_LOST' })
  assert.equal(ledger.lease.holds(), false)
  assert.equal(ledger.lease.lost.aborted, true)
  await ledger[Symbol.asyncDispose]()
})

test('a holder that lives is named: at once in this process, after one renewal in another', async () => {
  const who = identity()
  await using ledger = await openLedger(world.store, { host: 'here' }).open(who, never)
  assert.equal(ledger.lease.holds(), true)
  const { child } = await holder(identity(), { ...short, host: 'elsewhere' })
  const other = await world.store.pool.query<{ source_user: string; target_login: string; pid: number }>(
    'SELECT source_user, target_login, lease_pid AS pid FROM mailbox WHERE lease_host = $1',
    ['elsewhere'],
  )
  const { source_user: userName, target_login: login } = other.rows[0]!
  const theirs = identity()
  const busy = { source: { ...theirs.source, userName }, target: { ...theirs.target, login } }
  const patient = openLedger(world.store, { waitMs: 60_000, leaseMs: 900 })
  await assert.rejects(patient.open(busy, never), { ...held, message: new RegExp(`process ${child.pid} on elsewhere`) })
  await kill(child)
})

test('two mailboxes that share a source or a target are not held at the same time', async () => {
  const [one, two] = [identity(), identity()]
  const door = openLedger(world.store, { host: 'here' })
  const mixed = { source: two.source, target: one.target }
  {
    await using ledger = await door.open(one, never)
    assert.equal(ledger.lease.holds(), true)
    await assert.rejects(door.open(mixed, never), { ...held, message: new RegExp(one.source.userName) })
    await assert.rejects(door.open({ ...one, target: two.target }, never), held)
    await using other = await door.open(two, never)
    assert.equal(other.lease.holds(), true)
  }
  await using ledger = await door.open(mixed, never)
  assert.equal(ledger.lease.holds(), true)
})

test('a lease that cannot be renewed is tried to its end and then lost', async () => {
  let tries = 0
  const store = intercepted(world.store, (query) => {
    if (query.name !== 'ledger-renew') return query.send()
    tries++
    return Promise.reject(new Error('Connection terminated'))
  })
  const ledger = await openLedger(store, { leaseMs: 600 }).open(identity(), never)
  const from = performance.now()
  await once(ledger.lease.lost, 'abort')
  const afterMs = performance.now() - from
  assert.ok(afterMs > 500 && afterMs < 800, `lost after ${afterMs} ms`)
  assert.ok(tries > 2)
  await ledger[Symbol.asyncDispose]()
})

test('the lease holds only while both clocks leave the margin', async () => {
  const ahead = { wallMs: 0, monotonicMs: 0 }
  const clock: Clock = {
    now: () => Date.now() + ahead.wallMs,
    monotonic: () => performance.now() + ahead.monotonicMs,
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
  }
  const door = openLedger(world.store, { clock, leaseMs: 30_000, marginMs: 5000 })
  await using ledger = await door.open(identity(), never)
  const holdsWith = (wallMs: number, monotonicMs: number): boolean => {
    Object.assign(ahead, { wallMs, monotonicMs })
    return ledger.lease.holds()
  }
  assert.equal(holdsWith(24_000, 24_000), true)
  assert.equal(holdsWith(25_001, 0), false)
  assert.equal(holdsWith(0, 25_001), false)
  assert.equal(holdsWith(-86_400_000, 25_001), false)
  assert.equal(holdsWith(-86_400_000, 0), true)
})

test('raising the fence waits for writes under way; renewing the lease does not', async () => {
  await using ledger = await openLedger(world.store).open(identity(), never)
  const [writer, other] = [await world.store.pool.connect(), await world.store.pool.connect()]
  try {
    await writer.query('BEGIN')
    await writer.query('SELECT id FROM mailbox WHERE id = $1 FOR KEY SHARE', [ledger.id])
    await other.query(`SET lock_timeout = '100ms'`)
    await other.query('UPDATE mailbox SET lease_until = lease_until WHERE id = $1', [ledger.id])
    await assert.rejects(other.query('UPDATE mailbox SET lease_fence = lease_fence + 1 WHERE id = $1', [ledger.id]), {
      code: '55P03',
    })
    await writer.query('ROLLBACK')
  } finally {
    writer.release()
    other.release(true)
  }
})

test('waiting for a lease ends when the caller gives up', async () => {
  const who = identity()
  const { child } = await holder(who, { leaseMs: 20_000, host: 'elsewhere' })
  await kill(child)
  const giveUp = new AbortController()
  const opening = openLedger(world.store).open(who, giveUp.signal)
  giveUp.abort(new Error('Ctrl-C'))
  await assert.rejects(opening, /Ctrl-C/)
})
