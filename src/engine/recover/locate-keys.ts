/**
 * Finds the keys of messages that landed on a target without usable APPENDUIDs: one listing per folder and pass
 * (transfer-engine.md §3.5), matched as in a recovery.
 */
import { hasUid, runsOf } from '#base/uid-set.ts'
import type { FolderWork } from '../pass/folder-work.ts'
import type { Pass } from '../pass/pass.ts'
import type { Landed, SourceReader, TargetKey, TargetMessage } from '../ports.ts'
import { findRewritten } from './find-rewritten.ts'
import { matchCopies, roughKey } from './match.ts'
import { digestOf } from './look.ts'

interface Located {
  readonly uid: number
  readonly key: TargetKey
}

/**
 * Gives keys to what has landed without one. Done before doubts are looked into, too: a copy that is known to have
 * landed must not explain a twin whose answer never came. `from`: the UID from which on the target is looked at.
 */
export async function locateLanded(
  pass: Pass,
  work: FolderWork,
  from: number,
): Promise<{ keyless: Landed[]; found: Located[] }> {
  const { ledger } = pass.ports
  const keyless: Landed[] = []
  for await (const group of ledger.groups(work.record.id, null)) {
    for (const message of group.messages) if (message.key === null) keyless.push(message)
  }
  if (keyless.length === 0) return { keyless, found: [] }
  const found = await pass.look(async (reader) => {
    await reader.open(work.target)
    const explained = await ledger.knownKeys(work.record.targetPath, from)
    const rough = Map.groupBy(keyless, roughKey)
    const copies = new Map<string, TargetMessage[]>()
    for await (const batch of reader.list(from)) {
      for (const copy of batch) {
        const key = roughKey(copy)
        if (!explained.has(copy.key) && rough.has(key)) copies.set(key, [...(copies.get(key) ?? []), copy])
      }
    }
    const located: Located[] = []
    for (const [key, wanted] of rough) {
      const candidates = copies.get(key) ?? []
      // One of a kind on both sides needs no reading; only ambiguous ones are read.
      if (wanted.length === 1 && candidates.length === 1) {
        located.push({ uid: wanted[0]!.uid, key: candidates[0]!.key })
        continue
      }
      const read = []
      for (const candidate of candidates) {
        const body = await reader.read(candidate.key)
        if (body) read.push({ ...candidate, ...(await digestOf(body)) })
      }
      const sorted = wanted.toSorted((a, b) => a.uid - b.uid)
      for (const [uid, matched] of matchCopies(sorted, read)) located.push({ uid, key: matched })
    }
    return located
  })
  if (found.length > 0) await ledger.update(work.record.id, found)
  return { keyless, found }
}

/** At the end of a folder: what cannot be found even by what targets make of mail is told. */
export async function locateKeys(pass: Pass, work: FolderWork, source: () => Promise<SourceReader>): Promise<void> {
  const known = work.target.status?.validity === work.record.targetValidity
  const { keyless, found } = await locateLanded(pass, work, known ? work.probeFrom : 1)
  if (keyless.length === 0) return
  // Of what landed in earlier passes people may have deleted the copies: that is no news.
  const ours = keyless.filter(({ uid }) => !hasUid(work.landed, uid))
  const open = (): Landed[] => {
    const located = new Set(found.map(({ uid }) => uid))
    return ours.filter(({ uid }) => !located.has(uid))
  }
  if (open().length > 0) found.push(...(await locateRewritten(pass, work, open(), source)))
  const lost = open().length
  if (lost > 0) {
    pass.report.notes.push(
      `Folder ${work.place}: ${lost} messages were accepted by the target without telling their UIDs and could not be told apart afterwards (UIDs ${sample(ours, found)} of the source); their flags will not be updated.`,
    )
  }
}

/** A target that also changes what it stores (Courier ends the last line) shows other sizes and digests. */
async function locateRewritten(
  pass: Pass,
  work: FolderWork,
  wanted: readonly Landed[],
  source: () => Promise<SourceReader>,
): Promise<Located[]> {
  const { keys } = await findRewritten(pass, work, work.probeFrom, wanted, new Map(), source)
  const late = [...keys].map(([uid, key]) => ({ uid, key }))
  if (late.length > 0) await pass.ports.ledger.update(work.record.id, late)
  return late
}

const sample = (keyless: readonly Landed[], found: readonly Located[]) => {
  const located = new Set(found.map(({ uid }) => uid))
  const missing = runsOf(keyless.map(({ uid }) => uid).filter((uid) => !located.has(uid)))
  return missing
    .slice(0, 5)
    .map(([first, last]) => (first === last ? first : `${first}-${last}`))
    .join(', ')
}
