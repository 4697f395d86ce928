/**
 * A target that gave its UIDs to other messages under the same UIDVALIDITY. Dovecot does: killed after it had written
 * some UIDs down and before the number that follows them, it gives the same ones out again, and renumbers the folder
 * when it notices. The APPENDUIDs of those minutes name other mail then.
 */
import { counted } from '#base/counted.ts'
import { NO_FLAGS } from '#mail/flags.ts'
import type { FolderWork } from '../pass/folder-work.ts'
import type { Pass } from '../pass/pass.ts'
import { Listing } from '../plan/listing.ts'
import type { DateS, Landed } from '../ports.ts'
import { findAnew } from './find-anew.ts'

/** Finds the copies of the folder by their contents when one of our keys stands for another of our messages. */
export async function mendKeys(pass: Pass, work: FolderWork): Promise<void> {
  const { ledger, target } = pass.ports
  if (target.traits.named || !(await isRenumbered(pass, work))) return
  const { ours, found } = await findAnew(pass, work)
  // A copy that is not byte-equal (adopted by its Message-ID, rewritten) keeps its key, unless another stands there.
  const taken = new Set(found.values())
  const keyOf = ({ uid, key }: Landed) => found.get(uid) ?? (key !== null && taken.has(key) ? null : key)
  await ledger.update(
    work.record.id,
    ours.map((message) => ({ uid: message.uid, key: keyOf(message) })),
  )
  pass.report.notes.push(
    `Folder ${work.place}: the target has renumbered its messages without saying so; of ${counted(ours.length, 'message')} ${found.size} were recognised by their contents.`,
  )
}

/** In columns: the folder may hold half a million messages, and nearly always the answer is no. */
async function isRenumbered(pass: Pass, work: FolderWork): Promise<boolean> {
  const ours = new Listing()
  for await (const group of pass.ports.ledger.groups(work.record.id, null)) {
    for (const { key, bytes, dateS } of group.messages) {
      if (typeof key === 'number') ours.add({ uid: key, bytes, dateS, flags: NO_FLAGS, lostFlags: [] })
    }
  }
  ours.sort()
  const likes = Float64Array.from({ length: ours.length }, (_, at) => likeness(ours.bytesAt(at), ours.dateAt(at)))
  likes.sort()
  return pass.look(async (reader) => {
    await reader.open(work.target)
    for await (const batch of reader.list(1)) {
      for (const { key, bytes, dateS } of batch) {
        const at = typeof key === 'number' ? ours.find(key) : -1
        if (at < 0 || (ours.bytesAt(at) === bytes && ours.dateAt(at) === dateS)) continue
        // One that is like nothing of ours proves nothing: targets rewrite mail, and change dates.
        if (includes(likes, likeness(bytes, dateS))) return true
      }
    }
    return false
  })
}

/** Size and date as one number below 2⁵³. Two messages that share it by chance cost a look too many. */
const likeness = (bytes: number, dateS: DateS) => (dateS >>> 0) * 2 ** 21 + (bytes % 2 ** 21)

function includes(sorted: Float64Array, value: number): boolean {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return sorted[low] === value
}
