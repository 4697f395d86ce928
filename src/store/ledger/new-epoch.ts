/**
 * After a restore or a failover the database may be older than the targets: every folder is looked through for what we
 * appended since, before anything is appended to it (transfer-engine.md §2).
 */
import type { ClientBase } from 'pg'

export interface EpochFacts {
  readonly [name: string]: string | number | null
}

/**
 * Within a transaction of the caller's. Whoever holds a mailbox loses it, and nobody looks into a target before the
 * bytes of such a holder, or of one that this database never knew, have settled. Answers the number of the epoch.
 */
export async function newEpoch(client: ClientBase, reason: 'Restore' | 'Hand', facts: EpochFacts): Promise<number> {
  // One at a time: of two commands each begins an epoch of its own.
  await client.query('LOCK TABLE ledger_epoch IN SHARE ROW EXCLUSIVE MODE')
  const { rows } = await client.query<{ number: string | number }>(
    `INSERT INTO ledger_epoch (number, reason, facts)
     SELECT greatest((SELECT max(number) FROM ledger_epoch), (SELECT max(epoch) FROM mailbox), 1) + 1, $1, $2
     RETURNING number`,
    [reason, JSON.stringify(facts)],
  )
  const number = Number(rows[0]!.number)
  await client.query(
    `UPDATE mailbox SET epoch = $1, lease_fence = lease_fence + 1, lease_holder = NULL,
       unclean_until = greatest(unclean_until, clock_timestamp(), CASE WHEN lease_holder IS NOT NULL THEN lease_until END)`,
    [number],
  )
  return number
}
