/** Brings flags of messages already carried up to date: a three-way merge, the target's own change wins (§5). */
import { hasUid, runsOf } from '#base/uid-set.ts'
import { fitFlags, mergeFlags, sameFlags } from '#mail/flags.ts'
import type { FolderWork } from '../pass/folder-work.ts'
import type { Pass } from '../pass/pass.ts'
import type { Listing } from '../plan/listing.ts'
import type { Flags, TargetKey } from '../ports.ts'

const AT_ONCE = 500

interface Change {
  readonly uid: number
  readonly key: TargetKey
  readonly last: Flags
  readonly source: Flags
}

export async function carryFlags(pass: Pass, work: FolderWork, listing: Listing): Promise<void> {
  const { ledger } = pass.ports
  const uids: number[] = []
  for (let index = 0; index < listing.length; index++) {
    const uid = listing.uidAt(index)
    if (hasUid(work.landed, uid)) uids.push(uid)
  }
  if (uids.length === 0) return
  let changes: Change[] = []
  for await (const group of ledger.groups(work.record.id, runsOf(uids))) {
    for (const { uid, key, flags: last } of group.messages) {
      const index = listing.find(uid)
      if (index < 0 || key === null) continue
      const source = fitFlags(listing.flagsAt(index), work.permanent).kept
      if (!sameFlags(last, source)) changes.push({ uid, key, last, source })
      if (changes.length >= AT_ONCE) {
        await write(pass, work, changes)
        changes = []
      }
    }
  }
  if (changes.length > 0) await write(pass, work, changes)
}

async function write(pass: Pass, work: FolderWork, changes: readonly Change[]): Promise<void> {
  const written = await pass.look(async (reader) => {
    await reader.open(work.target)
    const now = await reader.flags(changes.map(({ key }) => key))
    const wanted = changes.flatMap(({ key, last, source }) => {
      const target = now.get(key)
      const merged = target && mergeFlags(last, source, target)
      return merged ? [{ key, ...merged }] : []
    })
    if (wanted.length > 0) await reader.change(wanted)
    return wanted.length
  })
  // The source's flags are now what was last written, even where the target's own change won or the copy is gone.
  await pass.ports.ledger.update(
    work.record.id,
    changes.map(({ uid, source }) => ({ uid, flags: source })),
  )
  pass.report.flagsChanged += written
}
