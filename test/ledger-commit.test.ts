import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Landed } from '#engine/ports.ts'
import { newEpoch } from '#store/ledger/new-epoch.ts'
import { inTransaction } from '#store/ledger/transaction.ts'
import { openLedger } from '#store/ledger/open-ledger.ts'
import type { PostgresMailboxLedger } from '#store/ledger/mailbox-ledger.ts'
import type { LedgerStore } from '#store/ledger/types.ts'
import { closingOf, folderRecord, identity, intentOf, intercepted, landed, type LedgerWorld } from './ledger-world.ts'
import { ledgerWorld, messagesIn, never, range } from './ledger-world.ts'

let world: LedgerWorld
before(async () => {
  world = await ledgerWorld()
})
after(() => world[Symbol.asyncDispose]())

async function opened(folder = 'INBOX', store: LedgerStore = world.store): Promise<PostgresMailboxLedger> {
  const ledger = await openLedger(store).open(identity(), never)
  await ledger.saveFolders([folderRecord(folder)])
  return ledger
}

/** The store, but the answer to a joined commit gets lost with its connection whenever `lose` says so. */
function losing(lose: () => boolean): LedgerStore {
  return intercepted(world.store, async (query) => {
    if (query.name !== 'ledger-commit' || !lose()) return await query.send()
    const client = await world.store.pool.connect()
    client.on('error', () => undefined)
    await query.send(client)
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    await world.store.pool.query('SELECT pg_terminate_backend($1, 5000)', [rows[0]!.pid])
    try {
      return await client.query('SELECT 1')
    } finally {
      client.release(true)
    }
  })
}

test('a group is intended, landed and read back whole', async () => {
  await using ledger = await opened()
  const intent = intentOf('INBOX', range(1, 150))
  await ledger.intend(intent)
  assert.deepEqual(await ledger.openIntents(), [intent])
  await ledger.close(closingOf(intent))
  assert.deepEqual(await ledger.openIntents(), [])
  assert.deepEqual(await ledger.landedUids('INBOX'), [[1, 150]])
  assert.deepEqual(
    await messagesIn(ledger.groups('INBOX', null)),
    range(1, 150).map((uid) => landed(uid)),
  )
})

test('commits whose answers were lost with their connection are repeated and written once', async () => {
  const sends: string[] = []
  const store = losing(() => sends.push('send') % 2 === 1)
  await using ledger = await opened('INBOX', store)
  const intent = intentOf('INBOX', range(1, 50))
  await ledger.intend(intent)
  assert.equal(sends.length, 2)
  await ledger.close(closingOf(intent))
  assert.equal(sends.length, 4)
  assert.equal((await messagesIn(ledger.groups('INBOX', null))).length, 50)
  const { rows } = await world.store.pool.query(
    'SELECT count(*)::int AS n FROM message_group g JOIN folder f ON f.ref = g.folder_ref WHERE f.mailbox_id = $1',
    [ledger.id],
  )
  assert.deepEqual(rows, [{ n: 1 }])
})

test('an open intent survives its holder, with messages whose digest is not known yet', async () => {
  const who = identity()
  const [door, intent] = [openLedger(world.store), intentOf('INBOX', [3, 9, 4])]
  const streamed = { ...intent, messages: intent.messages.map((message) => ({ ...message, digest: null })) }
  {
    await using ledger = await door.open(who, never)
    await ledger.saveFolders([folderRecord('INBOX')])
    await ledger.intend(streamed)
  }
  await using ledger = await door.open(who, never)
  assert.deepEqual(await ledger.openIntents(), [streamed])
})

test('odd values come back as they went in', async () => {
  await using ledger = await opened()
  const odd: Landed[] = [
    landed(1, { dateS: -2_208_988_800, bytes: 1, key: null, lostFlags: ['\\Weird\0', '%'] }),
    landed(2, { dateS: 253_402_300_799, bytes: 4_294_967_296, key: 0xffff_ffff, origin: 'adopted' }),
    landed(3, { dateS: 0, bytes: Number.MAX_SAFE_INTEGER, key: 1, origin: 'found' }),
    landed(5, { flags: { system: 31, keywords: ['$Forwarded', 'Work'] }, key: `${'0f'.repeat(16)},S=2300` }),
    landed(6, { flags: { system: 1, keywords: ['$Forwarded', 'Work'] }, key: 'plain.name:ü' }),
    landed(0xffff_ffff, { dateS: -1, key: null }),
  ]
  await ledger.adopt('INBOX', odd)
  assert.deepEqual(await messagesIn(ledger.groups('INBOX', null)), odd)
  assert.deepEqual(await messagesIn(ledger.groups('INBOX', [[6, 6]])), odd)
  assert.deepEqual(await messagesIn(ledger.groups('INBOX', [[7, 100]])), [])
  assert.deepEqual(await ledger.knownKeys(['INBOX'], 2), new Set([0xffff_ffff, odd[3]!.key, odd[4]!.key]))
})

test('folder records keep 64-bit modseqs, odd names and their mark', async () => {
  const who = identity()
  const door = openLedger(world.store)
  const records = [
    folderRecord('a', { sourcePath: ['Entwürfe', 'a\0b/c"'], targetPath: ['\ud800'], targetValidity: null }),
    folderRecord('b', {
      mark: { uidNext: 4_294_967_295, messages: 3, modseq: 18_446_744_073_709_551_615n },
      again: [
        [1, 1],
        [5, 4_294_967_295],
      ],
      rewriting: 'canonical',
      adopted: 'now',
      sourceValidity: 4_294_967_295,
    }),
  ]
  {
    await using ledger = await door.open(who, never)
    await ledger.saveFolders([folderRecord('b'), ...records])
  }
  await using ledger = await door.open(who, never)
  const byId = (await ledger.folders()).sort((a, b) => a.id.localeCompare(b.id))
  assert.deepEqual(byId, records)
})

test('after a new epoch folders count as adopted earlier, not now', async () => {
  const who = identity()
  const door = openLedger(world.store)
  let mailbox: PostgresMailboxLedger
  {
    await using ledger = await door.open(who, never)
    mailbox = ledger
    await ledger.saveFolders([folderRecord('a', { adopted: 'now' })])
  }
  const number = await inTransaction(world.store.pool, (client) => newEpoch(client, 'Hand', {}))
  await using ledger = await door.open(who, never)
  assert.deepEqual([ledger.epoch, mailbox.epoch + 1], [number, number])
  // A mailbox that the older database did not know: what is in its target may be ours all the same.
  await using fresh = await door.open(identity(), never)
  assert.equal(fresh.epoch, number)
  assert.deepEqual(await ledger.folders(), [folderRecord('a', { adopted: 'earlier' })])
})

test('a message is never under way twice and never lands twice', async () => {
  await using ledger = await opened()
  const intent = intentOf('INBOX', [1, 2, 3])
  await ledger.intend(intent)
  const twice = { code: 'BUG', facts: { folder: 'INBOX', uid: 2, bug: 'LEDGER_UID_TWICE' } }
  await assert.rejects(ledger.intend(intentOf('INBOX', [2])), twice)
  await assert.rejects(ledger.adopt('INBOX', [landed(2)]), twice)
  await assert.rejects(ledger.close({ ...closingOf(intent), landed: [landed(2), landed(2)] }), twice)
  await assert.rejects(ledger.close({ ...closingOf(intent), landed: [landed(9)] }), { code: 'BUG' })
  await ledger.close(closingOf(intent))
  await assert.rejects(ledger.intend(intentOf('INBOX', [2])), twice)
  await assert.rejects(ledger.close(closingOf(intent)), { code: 'BUG' })
})

test('a half-landed group is closed, reopened, skipped and resent in one commit', async () => {
  await using ledger = await opened()
  const parent = intentOf('INBOX', [1, 2, 3, 4])
  await ledger.intend(parent)
  const half = intentOf('INBOX', [3, 4])
  const skip = {
    folder: 'INBOX',
    uid: 2,
    kind: 'bad' as const,
    bytes: 9,
    dateS: -5,
    subject: 'a\0b',
    reason: 'NO bad header',
    again: true,
  }
  await ledger.close({
    intent: parent.id,
    landed: [landed(1)],
    reopened: [half],
    skipped: [skip],
    resent: half.messages,
  })
  assert.deepEqual(await ledger.openIntents(), [half])
  assert.deepEqual(await ledger.landedUids('INBOX'), [[1, 1]])
  assert.deepEqual(await ledger.resentIn('INBOX'), half.messages)
  assert.deepEqual(await Array.fromAsync(ledger.skipped(null)), [{ ...skip, subject: 'a\uFFFDb' }])

  await ledger.auditDone('INBOX', [[3, 3]])
  await ledger.auditDone('INBOX', [[1, 4]])
  assert.deepEqual(await ledger.resentIn('INBOX'), [half.messages[1]])
  await Promise.all([
    ledger.skip([{ ...skip, uid: 8 }]),
    ledger.unskip('INBOX', [[1, 8]]),
    ledger.skip([{ ...skip, uid: 9 }]),
  ])
  assert.deepEqual(
    (await Array.fromAsync(ledger.skipped('INBOX'))).map(({ uid }) => uid),
    [9],
  )
})

test('keys and flags are corrected, across groups, and nothing else changes', async () => {
  await using ledger = await opened()
  const all = range(1, 500).filter((uid) => uid % 3 > 0)
  await ledger.adopt(
    'INBOX',
    all.map((uid) => landed(uid, { key: null })),
  )
  const flags = { system: 5, keywords: ['Later'] }
  await Promise.all([
    ledger.update(
      'INBOX',
      all.map((uid) => ({ uid, key: uid + 70_000 })),
    ),
    ledger.update('INBOX', [
      { uid: 100, flags },
      { uid: 400, flags, key: null },
    ]),
  ])
  const expected = all.map((uid) => {
    const changed = uid === 100 || uid === 400 ? { flags } : {}
    return landed(uid, { key: uid === 400 ? null : uid + 70_000, ...changed })
  })
  assert.deepEqual(await messagesIn(ledger.groups('INBOX', null)), expected)
  assert.deepEqual(await ledger.knownKeys(['INBOX'], 70_499), new Set([70_499, 70_500]))
  await assert.rejects(ledger.update('INBOX', [{ uid: 3, key: 1 }]), { code: 'BUG' })
})

test('keys known to any mailbox of the same target are known', async () => {
  const first = identity()
  const second = identity({ target: first.target })
  const door = openLedger(world.store)
  {
    await using ledger = await door.open(first, never)
    await ledger.saveFolders([folderRecord('Sent'), folderRecord('Gesendet', { targetPath: ['Sent'] })])
    await ledger.adopt('Sent', [landed(1), landed(2)])
    await ledger.adopt('Gesendet', [landed(9)])
  }
  await using ledger = await door.open(second, never)
  assert.deepEqual(await ledger.knownKeys(['Sent'], 1002), new Set([1002, 1009]))
  assert.deepEqual(await ledger.knownKeys(['INBOX'], 1), new Set())
})

test('a sealed waybill takes half of each digest, and only of what it holds', async () => {
  await using ledger = await opened()
  await ledger.saveFolders([folderRecord('Sent')])
  await ledger.adopt('Sent', [landed(5)])
  await ledger.adopt(
    'INBOX',
    range(1, 300).map((uid) => landed(uid)),
  )
  const upTo = await ledger.sealPoint()
  await ledger.adopt('INBOX', [landed(301)])
  const groups = await Array.fromAsync(ledger.unsealed(upTo))
  assert.deepEqual(
    groups.flatMap(({ messages }) => messages),
    [...range(1, 300), 5].map((uid) => landed(uid)),
  )
  assert.deepEqual(groups.at(-1)!.folderPath, ['Sent'])

  assert.equal(await ledger.lastWaybill(), null)
  const waybill = { name: 'a-1.jsonl', sha256: digestOfText('file'), lastLine: digestOfText('line') }
  await ledger.sealed(waybill, upTo)
  await ledger.sealed(waybill, upTo)
  const last = await ledger.lastWaybill()
  assert.deepEqual({ ...last, sealedAt: null }, { ...waybill, number: 1, sealedAt: null })
  const left = await Array.fromAsync(ledger.unsealed())
  assert.deepEqual(
    left.flatMap(({ messages }) => messages),
    [landed(301)],
  )
  const [first] = await messagesIn(ledger.groups('INBOX', [[1, 1]]))
  assert.deepEqual(first!.digest, landed(1).digest.subarray(0, 16))
})

const digestOfText = (text: string): Buffer => Buffer.alloc(32, text)

test('an intent that a late packet opens again after it was closed is not looked for', async () => {
  const who = identity()
  const door = openLedger(world.store)
  {
    await using ledger = await door.open(who, never)
    await ledger.saveFolders([folderRecord('INBOX')])
    const intent = intentOf('INBOX', [1, 2])
    await ledger.intend(intent)
    const { pool } = world.store
    await pool.query('CREATE TABLE late AS SELECT * FROM intent WHERE mailbox_id = $1', [ledger.id])
    await ledger.close({ ...closingOf(intent), landed: [landed(1)], resent: [intent.messages[1]!] })
    await pool.query('INSERT INTO intent SELECT * FROM late')
  }
  await using ledger = await door.open(who, never)
  assert.deepEqual(await ledger.openIntents(), [])
  const { rows } = await world.store.pool.query('SELECT id FROM intent WHERE mailbox_id = $1', [ledger.id])
  assert.deepEqual(rows, [])
})

test('the cut-off is kept for later passes, and landed messages are counted', async () => {
  const who = identity()
  const door = openLedger(world.store)
  const cutOff = { maxItems: 500_000, dateS: -7, folder: '["a\\u0000b"]', uid: 0xffff_ffff }
  {
    await using ledger = await door.open(who, never)
    assert.equal(ledger.cutOff, null)
    await ledger.saveCutOff(cutOff)
    await ledger.saveFolders([folderRecord('INBOX')])
    await ledger.adopt('INBOX', [landed(1), landed(2), landed(9)])
    assert.equal(await ledger.landedCount('INBOX'), 3)
  }
  await using ledger = await door.open(who, never)
  assert.deepEqual(ledger.cutOff, cutOff)
  assert.equal(await ledger.landedCount('INBOX'), 3)
})

test('one lane with an impossible row does not fail the commits of the others', async () => {
  await using ledger = await opened()
  const [good, bad] = [intentOf('INBOX', [1]), { ...intentOf('INBOX', [2]), probeFrom: 1.5 }]
  const [first, second] = await Promise.allSettled([ledger.intend(good), ledger.intend(bad)])
  assert.equal(first.status, 'fulfilled')
  assert.equal(second.status, 'rejected')
})
