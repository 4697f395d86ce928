/** Takes the lease of a mailbox, from a holder that let go or whose time is over; never from one that lives. */
import { randomUUID } from 'node:crypto'
import type { PoolClient } from 'pg'
import type { MailboxIdentity } from '#engine/ports.ts'
import { isDeadHere, shownHost } from './host-name.ts'
import { hashesOf, type IdentityHashes } from './identity.ts'
import { alreadyMigrated, nameOf, type Holder } from './lease-faults.ts'
import { type Acquired, momentOf } from './lease.ts'
import { inTransaction } from './transaction.ts'
import type { Int8, LedgerSettings, LedgerStore } from './types.ts'

/** Every mailbox that shares our source or our target; ours is the one that shares both. */
interface Rival {
  readonly id: string
  readonly same: boolean
  readonly same_target: boolean
  readonly source_user: string
  readonly target_login: string
  readonly lease_holder: string | null
  readonly lease_host: string | null
  readonly lease_pid: number | null
  readonly left_ms: number | null
  readonly until_ms: number | null
}

type Attempt = Acquired | { readonly rival: Rival }

/** `living` are the holders of this process: one of them is known to be alive without waiting. */
export async function acquire(
  identity: MailboxIdentity,
  store: LedgerStore,
  settings: LedgerSettings,
  living: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Acquired> {
  const holder = randomUUID()
  const hashes = hashesOf(identity)
  const { clock } = settings
  const deadlineMs = clock.monotonic() + settings.waitMs
  const seen = new Map<string, number>()
  for (;;) {
    signal.throwIfAborted()
    const attempt = await store.retrying(() => tryAcquire(identity, hashes, holder, store, settings))
    if (!('rival' in attempt)) return attempt
    const { rival } = attempt
    const holderSeen = `${rival.id} ${rival.lease_holder}`
    const firstUntilMs = seen.get(holderSeen) ?? rival.until_ms!
    seen.set(holderSeen, firstUntilMs)
    // A dead holder's lease runs out; one whose end moves is alive, and so is one of our own.
    const lives = living.has(rival.lease_holder!) || rival.until_ms! > firstUntilMs
    const leftMs = deadlineMs - clock.monotonic()
    if (lives || leftMs <= 0) throw alreadyMigrated(identity, holderOf(rival))
    await clock.sleep(Math.max(1, Math.min(rival.left_ms! + 20, settings.leaseMs / 12, leftMs)), signal)
  }
}

const holderOf = (rival: Rival): Holder => ({
  host: shownHost(rival.lease_host ?? 'an unknown host'),
  pid: rival.lease_pid ?? 0,
  shares: rival.same ? 'mailbox' : rival.same_target ? 'target' : 'source',
  sourceUser: rival.source_user,
  targetLogin: rival.target_login,
})

async function tryAcquire(
  identity: MailboxIdentity,
  hashes: IdentityHashes,
  holder: string,
  store: LedgerStore,
  settings: LedgerSettings,
): Promise<Attempt> {
  const at = momentOf(settings.clock)
  return await inTransaction(store.pool, async (client) => {
    // Rows that another process is just making cannot be locked; their hashes can. One order, so no deadlock.
    await client.query(
      'SELECT pg_advisory_xact_lock(k) FROM (SELECT k FROM unnest($1::bigint[]) AS t(k) ORDER BY k) AS s',
      [[hashes.source, hashes.target].map((hash) => hash.readBigInt64BE()).map(String)],
    )
    await insert(client, identity, hashes)
    const { rows } = await client.query<Rival>(
      `SELECT id, identity_hash = $1 AS same, target_hash = $3 AS same_target, source_user, target_login,
         lease_holder, lease_host, lease_pid,
         (extract(epoch FROM lease_until - clock_timestamp()) * 1000)::float8 AS left_ms,
         (extract(epoch FROM lease_until) * 1000)::float8 AS until_ms
       FROM mailbox WHERE source_hash = $2 OR target_hash = $3 ORDER BY id FOR UPDATE`,
      [hashes.identity, hashes.source, hashes.target],
    )
    // Our own holder id: the commit of an earlier attempt succeeded though its answer was lost.
    const rival = rows.find(
      (row) =>
        row.lease_holder !== null &&
        row.lease_holder !== holder &&
        row.left_ms! >= 0 &&
        !isDeadHere(row.lease_host, row.lease_pid, settings.host),
    )
    if (rival) return { rival }
    return await take(client, rows, hashes, { identity, holder, at, settings })
  })
}

async function insert(client: PoolClient, { source, target }: MailboxIdentity, hashes: IdentityHashes): Promise<void> {
  await client.query(
    `INSERT INTO mailbox (id, identity_hash, source_hash, target_hash, source_host, source_port, source_user,
       source_root, target_kind, target_place, target_login, epoch)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, coalesce((SELECT max(number) FROM ledger_epoch), 1)) ON CONFLICT (identity_hash) DO NOTHING`,
    [
      randomUUID(),
      hashes.identity,
      hashes.source,
      hashes.target,
      source.host,
      source.port,
      source.userName,
      source.userRoot,
      target.kind,
      target.place,
      target.login,
    ],
  )
}

interface Taking {
  readonly identity: MailboxIdentity
  readonly holder: string
  readonly at: Acquired['at']
  readonly settings: LedgerSettings
}

/** Raising the fence waits for writes of the old holder that are under way and refuses all later ones. */
async function take(
  client: PoolClient,
  rows: readonly Rival[],
  hashes: IdentityHashes,
  { identity, holder, at, settings }: Taking,
): Promise<Acquired> {
  await client.query(
    `UPDATE mailbox SET lease_fence = lease_fence + 1, lease_holder = NULL,
       unclean_until = greatest(unclean_until, least(lease_until, clock_timestamp()))
     WHERE id = ANY($1::uuid[]) AND lease_holder IS NOT NULL AND lease_holder <> $2`,
    [rows.map(({ id }) => id), holder],
  )
  const taken = await client.query<{ id: string; lease_fence: Int8; epoch: Int8 }>(
    `UPDATE mailbox SET lease_fence = lease_fence + 1, lease_holder = $2, lease_host = $3, lease_pid = $4,
       lease_until = clock_timestamp() + $5 * interval '1 millisecond'
     WHERE identity_hash = $1 RETURNING id, lease_fence, epoch`,
    [hashes.identity, holder, settings.host, process.pid, settings.leaseMs],
  )
  const unclean = await client.query<{ ago_ms: number | null }>(
    `SELECT (extract(epoch FROM clock_timestamp() - max(unclean_until)) * 1000)::float8 AS ago_ms
     FROM mailbox WHERE target_hash = $1`,
    [hashes.target],
  )
  const agoMs = unclean.rows[0]?.ago_ms ?? null
  const row = taken.rows[0]!
  return {
    mailboxId: row.id,
    name: nameOf(identity),
    holder,
    fence: Number(row.lease_fence),
    epoch: Number(row.epoch),
    // In durations, for the database's wall clock need not be ours.
    lookAfterMs: agoMs === null ? 0 : Math.ceil(settings.clock.now() - agoMs + settings.settleMs),
    at,
  }
}
