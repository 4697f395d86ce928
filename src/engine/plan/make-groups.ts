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
  const count = indexes === null ? listing.length : indexes.length
  const uids = new Uint32Array(count)
  let from = 0
  let bytes = 0
  const close = (to: number) => {
    if (to > from) groups.push({ uids: uids.subarray(from, to), bytes, streamed: false })
    from = to
    bytes = 0
  }
  for (let at = 0; at < count; at++) {
    const index = indexes === null ? at : indexes[at]!
    const size = listing.bytesAt(index)
    uids[at] = listing.uidAt(index)
    if (size > above) {
      // Small messages that stand before a large one must not be sent after it.
      close(at)
      from = at + 1
      groups.push({ uids: uids.subarray(at, from), bytes: size, streamed: true })
      continue
    }
    if (at - from >= most || bytes + size > limits.groupBytes) close(at)
    bytes += size
  }
  close(count)
  return groups
}

/** Two groups of half as many messages; one that holds a single message stays as it is. */
export function halves(plan: GroupPlan): GroupPlan[] {
  if (plan.uids.length < 2) return [plan]
  const middle = plan.uids.length >> 1
  const bytes = Math.ceil(plan.bytes / 2)
  const parts = [plan.uids.slice(0, middle), plan.uids.slice(middle)]
  return parts.map((uids) => ({ uids, bytes, streamed: false }))
}
