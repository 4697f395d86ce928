import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { openLedger } from '#store/ledger/open-ledger.ts'
import {
  folderRecord,
  identity,
  intentOf,
  landed,
  type LedgerWorld,
  ledgerWorld,
  never,
  range,
} from './ledger-world.ts'
import { closingOf } from './ledger-world.ts'

let world: LedgerWorld
before(async () => {
  world = await ledgerWorld()
})
after(() => world[Symbol.asyncDispose]())

const MB = 1_048_576
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
/** What is held: how much garbage lies about besides is the collector's affair, and differs from run to run. */
function held(): number {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / MB
}

/** Bytes of whole rows, headers and overlong columns included. */
async function bytesPerMessage(mailbox: string): Promise<number> {
  const { rows } = await world.store.pool.query<{ per: number }>(
    `SELECT (sum(pg_column_size(g.*))::float8 + coalesce(sum(coalesce(pg_column_size(g.digests), 0)
       + coalesce(pg_column_size(g.digest_tails), 0)) FILTER (WHERE pg_column_size(g.*) < 3000), 0)) / sum(n) AS per
     FROM message_group g JOIN folder f ON f.ref = g.folder_ref WHERE f.mailbox_id = $1`,
    [mailbox],
  )
  return rows[0]!.per
}

test('20,000 messages in 30 folders by 4 lanes cost well below half a second of our CPU', async (t) => {
  await using ledger = await openLedger(world.store).open(identity(), never)
  const folders = range(1, 30).map((at) => `folder ${at}`)
  await ledger.saveFolders(folders.map((id) => folderRecord(id)))
  const groups = folders.flatMap((folder) =>
    [1, 2, 3, 4, 5].map((at) => intentOf(folder, range(at * 134 - 133, at * 134))),
  )
  const closings = groups.map((intent) => closingOf(intent))
  const from = process.cpuUsage()
  const startedMs = performance.now()
  let next = 0
  const lane = async (): Promise<void> => {
    for (let at = next++; at < groups.length; at = next++) {
      await ledger.intend(groups[at]!)
      await ledger.close(closings[at]!)
    }
  }
  await Promise.all(range(1, 8).map(lane))
  const { user, system } = process.cpuUsage(from)
  const cpuMs = (user + system) / 1000
  t.diagnostic(`${groups.length} groups: ${Math.round(cpuMs)} ms CPU, ${Math.round(performance.now() - startedMs)} ms`)
  assert.ok(cpuMs < 500, `${cpuMs} ms`)
})

test('half a million messages in one folder: memory stays flat, 25 bytes a message once sealed', async (t) => {
  const ALL = 500_000
  const GROUP = 160
  await using ledger = await openLedger(world.store).open(identity(), never)
  await ledger.saveFolders([folderRecord('INBOX')])
  const baseMb = held()
  let peakMb = 0
  for (let first = 1; first <= ALL; first += 8 * GROUP) {
    const starts = range(0, 7)
      .map((at) => first + at * GROUP)
      .filter((start) => start <= ALL)
    const messages = (start: number) => range(start, Math.min(start + GROUP - 1, ALL)).map((uid) => landed(uid))
    await Promise.all(starts.map((start) => ledger.adopt('INBOX', messages(start))))
    if (first % (40 * GROUP) === 1) peakMb = Math.max(peakMb, held())
  }
  t.diagnostic(`writing: ${Math.round(peakMb - baseMb)} MB above the start`)
  assert.ok(peakMb - baseMb < 10, `${peakMb - baseMb} MB while writing`)
  assert.deepEqual(await ledger.landedUids('INBOX'), [[1, ALL]])

  let [count, groups] = [0, 0]
  for await (const group of ledger.groups('INBOX', null)) {
    count += group.messages.length
    if (groups++ % 100 === 0) peakMb = Math.max(peakMb, held())
  }
  assert.equal(count, ALL)
  assert.ok(peakMb - baseMb < 10, `${peakMb - baseMb} MB while reading`)

  const whole = await bytesPerMessage(ledger.id)
  const upTo = await ledger.sealPoint()
  await ledger.sealed({ name: 'w', sha256: Buffer.alloc(32), lastLine: Buffer.alloc(32) }, upTo)
  const sealed = await bytesPerMessage(ledger.id)
  t.diagnostic(
    `${whole.toFixed(1)} bytes a message, ${sealed.toFixed(1)} when sealed; peak ${Math.round(peakMb - baseMb)} MB`,
  )
  assert.ok(whole <= 45, `${whole} bytes a message`)
  assert.ok(sealed <= 28, `${sealed} bytes a message when sealed`)
  await ledger.update('INBOX', [{ uid: 250_000, key: 5 }])
  assert.equal((await ledger.knownKeys(['INBOX'], ALL + 900)).size, 101)
})
