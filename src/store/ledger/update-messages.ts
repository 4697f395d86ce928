/** Rewrites keys and flags of messages that landed. What identifies them, and their digests, stay untouched. */
import type { PoolClient } from 'pg'
import { bug } from '#base/fault.ts'
import { runsOf } from '#base/uid-set.ts'
import type { Flags, Landed, TargetKey } from '#engine/ports.ts'
import type { Context } from './context.ts'
import { packState, type PackedState } from './pack-group.ts'
import { readGroups } from './read-groups.ts'

export interface Change {
  readonly uid: number
  readonly key?: TargetKey | null
  readonly flags?: Flags
}

/** Groups a commit. */
const MOST_GROUPS = 32

interface Rewritten extends PackedState {
  readonly id: string
}

/** Not to be run twice at once for one mailbox: it reads before it writes. */
export async function updateMessages(context: Context, folder: string, changes: readonly Change[]): Promise<void> {
  const byUid = new Map<number, Change>()
  for (const change of changes) byUid.set(change.uid, { ...byUid.get(change.uid), ...change })
  const missing = new Set(byUid.keys())
  let groups: Rewritten[] = []
  for await (const group of readGroups(context, context.refOf(folder), folder, runsOf(byUid.keys()))) {
    const messages = group.messages.map((message): Landed => {
      const change = byUid.get(message.uid)
      if (!change) return message
      missing.delete(message.uid)
      const { key = message.key, flags = message.flags } = change
      return { ...message, key, flags }
    })
    const words = await context.words.learn(messages.map(({ flags }) => flags.keywords))
    groups.push({ id: group.id, ...packState(messages, words) })
    if (groups.length === MOST_GROUPS) {
      await write(context, groups)
      groups = []
    }
  }
  if (groups.length > 0) await write(context, groups)
  if (missing.size > 0) {
    throw bug('LEDGER_UPDATE', `${missing.size} messages were to be corrected that never landed`, { folder })
  }
}

function write(context: Context, groups: readonly Rewritten[]): Promise<void> {
  return context.committer.commit(async (client: PoolClient) => {
    await client.query({
      name: 'ledger-update',
      text: `UPDATE message_group AS g
        SET max_key = t.max_key, has_names = t.has_names, keys = t.keys, flags = t.flags, keywords = t.keywords
        FROM unnest($1::uuid[], $2::bigint[], $3::boolean[], $4::bytea[], $5::bytea[], $6::bytea[])
          AS t(id, max_key, has_names, keys, flags, keywords)
        WHERE g.id = t.id`,
      values: [
        groups.map(({ id }) => id),
        groups.map(({ maxKey }) => maxKey),
        groups.map(({ hasNames }) => hasNames),
        groups.map(({ keys }) => keys),
        groups.map(({ flags }) => flags),
        groups.map(({ keywords }) => keywords),
      ],
    })
  })
}
