/**
 * Mail that was in the target before us (transfer-engine.md §4): k in the source, m on the target: min(k, m) are
 * adopted, k−m appended, m−k never removed. Candidates share size and date, else size and Message-ID; the digest
 * decides, so only candidates are read.
 */
import { counted } from '#base/counted.ts'
import { crashPoint } from '#base/crash-point.ts'
import { runsOf } from '#base/uid-set.ts'
import { commonFlags } from '#mail/flags.ts'
import { header } from '#mail/header.ts'
import type { FolderWork } from '../pass/folder-work.ts'
import type { Pass } from '../pass/pass.ts'
import type { DateS, Flags, Landed, SourceReader, TargetKey, TargetMessage } from '../ports.ts'
import { digestOf } from './look.ts'
import { roughKey } from './match.ts'
import { sourceDigests } from './source-digests.ts'

/** What a message of the source has to offer for a match. */
export interface Candidate {
  readonly uid: number
  readonly bytes: number
  readonly dateS: DateS
  readonly flags: Flags
}

const HEAD_BYTES = 8192
const COMMIT_AT_ONCE = 200

/** Adopts what it can and answers the UIDs that are in the target now, ascending. Both folders must be open. */
export async function adoptFolder(
  pass: Pass,
  work: FolderWork,
  candidates: readonly Candidate[],
  reader: SourceReader,
): Promise<number[]> {
  const { ledger } = pass.ports
  crashPoint('adopt.before')
  const matched = await pass.look(async (target) => {
    await target.open(work.target)
    // What came under another spelling of the source (host, port, log-in) is there before us too: not once more.
    const explained = await ledger.knownKeys(work.record.targetPath, 1, 'ours')
    const there: TargetMessage[] = []
    for await (const batch of target.list(1)) for (const copy of batch) if (!explained.has(copy.key)) there.push(copy)
    if (there.length === 0 || candidates.length === 0) return []
    pass.ports.events.note(
      `Folder ${work.place}: looking which of ours the ${counted(there.length, 'message')} are that were there before.`,
    )
    const pairs: { source: Candidate; copy: TargetMessage }[] = []
    const rounds = [roughKey, ({ bytes }: { bytes: number }) => String(bytes)]
    const free = new Set(there)
    const open = new Map(candidates.map((one) => [one.uid, one]))
    for (const [round, keyOf] of rounds.entries()) {
      const byKey = Map.groupBy(free, keyOf)
      const likely = [...open.values()].filter((one) => byKey.has(keyOf(one)))
      if (likely.length === 0) continue
      const chosen = round === 0 ? likely : await withSameMessageId(likely, byKey, reader, target)
      const digests = await sourceDigests(reader, runsOf(chosen.map(({ uid }) => uid)))
      const wantedSizes = new Set(digests.map((one) => keyOf(one)))
      const copies = new Map<string, TargetMessage[]>()
      for (const copy of free) {
        if (!wantedSizes.has(keyOf(copy))) continue
        const body = await target.read(copy.key)
        if (!body) continue
        const { digest, bytes } = await digestOf(body)
        const key = `${bytes}/${digest.toString('hex')}`
        copies.set(key, [...(copies.get(key) ?? []), copy])
      }
      for (const wanted of digests) {
        const twins = copies.get(`${wanted.bytes}/${wanted.digest.toString('hex')}`)
        // Among byte-equal twins the one with our date is ours.
        const best = twins?.find(({ dateS }) => dateS === wanted.dateS) ?? twins?.[0]
        const source = open.get(wanted.uid)
        if (!best || !source || !twins) continue
        twins.splice(twins.indexOf(best), 1)
        free.delete(best)
        open.delete(wanted.uid)
        pairs.push({ source, copy: best })
        digestOfUid.set(source, wanted.digest)
      }
    }
    return pairs
  })

  const uids: number[] = []
  for (let start = 0; start < matched.length; start += COMMIT_AT_ONCE) {
    const landed: Landed[] = matched.slice(start, start + COMMIT_AT_ONCE).map(({ source, copy }) => ({
      ...source,
      digest: digestOfUid.get(source)!,
      key: copy.key,
      origin: 'adopted',
      // As if we had written what both sides have: what only the source has flows, what only the target has stays.
      flags: commonFlags(source.flags, copy.flags),
      lostFlags: [],
    }))
    await ledger.adopt(work.record.id, landed)
    uids.push(...landed.map(({ uid }) => uid))
  }
  crashPoint('adopt.after')
  pass.report.adopted += uids.length
  work.report.landed += uids.length
  if (uids.length > 0) {
    pass.landedNow(
      uids.length,
      matched.reduce((sum, { source }) => sum + source.bytes, 0),
      false,
    )
  }
  return uids.sort((a, b) => a - b)
}

const digestOfUid = new WeakMap<Candidate, Buffer>()

/** Another tool may have lost the dates: then the Message-ID has to agree before two bodies are read. */
async function withSameMessageId(
  likely: readonly Candidate[],
  bySize: ReadonlyMap<string, readonly TargetMessage[]>,
  reader: SourceReader,
  target: { header(key: TargetKey, most: number): Promise<Buffer | null> },
): Promise<Candidate[]> {
  const ids = new Set<string>()
  const sizes = new Set(likely.map(({ bytes }) => String(bytes)))
  for (const [size, copies] of bySize) {
    if (!sizes.has(size)) continue
    for (const copy of copies) {
      const head = await target.header(copy.key, HEAD_BYTES)
      if (head) ids.add(`${size} ${header(head, 'message-id')} ${header(head, 'date')}`)
    }
  }
  const same: Candidate[] = []
  for (const one of likely) {
    const head = await reader.header(one.uid, HEAD_BYTES)
    if (head && ids.has(`${one.bytes} ${header(head, 'message-id')} ${header(head, 'date')}`)) same.push(one)
  }
  return same
}
