/**
 * The ledger's side of a waybill: it hands out whole digests once, and keeps half of each when the sealed file
 * holds the other. `unsealed` and `seal` are given the same point, so that what lands meanwhile waits for the next.
 */
import { hostname } from 'node:os'
import type { FolderPath } from '#engine/ports.ts'
import type { Context } from './context.ts'
import { readAll, type SealGroup } from './read-groups.ts'
import type { Int8 } from './types.ts'

export interface SealedWaybill {
  /** Of the file, without its folder. */
  readonly name: string
  /** SHA-256 of the file, 32 bytes. */
  readonly sha256: Buffer
  /** Hash of the chain's last line, 32 bytes: the next file names it. */
  readonly lastLine: Buffer
  /** Where it lies, for reports. */
  readonly path?: string
  /** Fingerprint of the key. */
  readonly sealedBy?: string
}

export interface StoredWaybill extends SealedWaybill {
  /** From 1. */
  readonly number: number
  readonly sealedAt: Date
}

export type UnsealedGroup = SealGroup & { readonly folderPath: FolderPath }

/** Everything that landed so far, as a number to give to `unsealed` and `seal`. */
export async function sealPoint({ store, mailboxId }: Context): Promise<number> {
  const { rows } = await store.retrying(() =>
    store.pool.query<{ seq: Int8 | null }>(
      `SELECT max(g.seq) AS seq FROM folder f JOIN message_group g ON g.folder_ref = f.ref WHERE f.mailbox_id = $1`,
      [mailboxId],
    ),
  )
  return Number(rows[0]!.seq)
}

export async function* unsealed(
  context: Context,
  folders: readonly { ref: number; id: string; path: FolderPath }[],
  upTo: number,
): AsyncGenerator<UnsealedGroup> {
  for (const { ref, id, path } of folders) {
    for await (const group of readAll(context, ref, id, upTo)) yield { ...group, folderPath: path }
  }
}

/** How many messages of a folder `unsealed` would tell of. */
export async function unsealedCount({ store, refOf }: Context, folder: string, upTo: number): Promise<number> {
  const { rows } = await store.retrying(() =>
    store.pool.query<{ n: Int8 | null }>(
      `SELECT sum(n) AS n FROM message_group WHERE folder_ref = $1 AND digest_tails IS NOT NULL AND seq <= $2`,
      [refOf(folder), upTo],
    ),
  )
  return Number(rows[0]!.n ?? 0)
}

/** Records the file and drops what it holds, in one commit; the same name again changes nothing. */
export async function seal(context: Context, waybill: SealedWaybill, upTo: number): Promise<void> {
  const { mailboxId } = context
  await context.committer.commit(async (client) => {
    await client.query(
      `INSERT INTO waybill (mailbox_id, number, name, sha256, last_line, sealed_seq, host, path, sealed_by)
       SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8 FROM waybill WHERE mailbox_id = $1
       ON CONFLICT (mailbox_id, name) DO NOTHING`,
      [
        mailboxId,
        waybill.name,
        waybill.sha256,
        waybill.lastLine,
        upTo,
        hostname(),
        waybill.path ?? null,
        waybill.sealedBy ?? null,
      ],
    )
    await client.query(
      `UPDATE message_group SET digest_tails = NULL
       WHERE folder_ref = ANY(ARRAY(SELECT ref FROM folder WHERE mailbox_id = $1))
         AND seq <= $2 AND digest_tails IS NOT NULL`,
      [mailboxId, upTo],
    )
  })
}

export async function lastWaybill({ store, mailboxId }: Context): Promise<StoredWaybill | null> {
  const { rows } = await store.retrying(() =>
    store.pool.query<{ number: number; name: string; sha256: Buffer; last_line: Buffer; sealed_at: Date }>(
      `SELECT number, name, sha256, last_line, sealed_at FROM waybill WHERE mailbox_id = $1
       ORDER BY number DESC LIMIT 1`,
      [mailboxId],
    ),
  )
  const [row] = rows
  if (!row) return null
  const { number, name, sha256, last_line: lastLine, sealed_at: sealedAt } = row
  return { number, name, sha256, lastLine, sealedAt }
}
