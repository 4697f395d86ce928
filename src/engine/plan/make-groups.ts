/** Cuts what has to be carried into groups: one FETCH, one intent, one APPEND each (transfer-engine.md §3.1). */
import type { GroupPlan } from '../pass/folder-work.ts'
import type { Listing } from './listing.ts'

export interface GroupLimits {
  /** Messages in a group, 1 or more. */
  readonly groupMessages: number
  /** Bytes in a group of several messages. */
  readonly groupBytes: number
  /** A message above this goes alone and is streamed; default 4 MB. */
  readonly streamAboveBytes?: number
}

const STREAM_ABOVE_BYTES = 4 * 1_048_576

/**
 * Groups of the messages at `indexes` of a sorted listing (ascending; null: all of them), in ascending UID order.
 * Sizes are what the server says; the literal's length is checked when it comes.
 */
export function makeGroups(listing: Listing, indexes: ArrayLike<number> | null, limits: GroupLimits): GroupPlan[] {
  const above = limits.streamAboveBytes ?? STREAM_ABOVE_BYTES
  const most = Math.max(1, limits.groupMessages)
  const groups: GroupPlan[] = []
  let uids: number[] = []
  let bytes = 0
  const close = () => {
    if (uids.length > 0) groups.push({ uids, bytes, streamed: false })
    uids = []
    bytes = 0
  }
  const count = indexes === null ? listing.length : indexes.length
  for (let at = 0; at < count; at++) {
    const index = indexes === null ? at : indexes[at]!
    const uid = listing.uidAt(index)
    const size = listing.bytesAt(index)
    if (size > above) {
      // Small messages that stand before a large one must not be sent after it.
      close()
      groups.push({ uids: [uid], bytes: size, streamed: true })
      continue
    }
    if (uids.length >= most || bytes + size > limits.groupBytes) close()
    uids.push(uid)
    bytes += size
  }
  close()
  return groups
}

/** Two groups of half as many messages; one that holds a single message stays as it is. */
export function halves(plan: GroupPlan): GroupPlan[] {
  if (plan.uids.length < 2) return [plan]
  const middle = plan.uids.length >> 1
  const bytes = Math.ceil(plan.bytes / 2)
  return [plan.uids.slice(0, middle), plan.uids.slice(middle)].map((uids) => ({ uids, bytes, streamed: false }))
}
