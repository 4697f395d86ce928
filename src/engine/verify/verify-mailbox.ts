/**
 * Reads messages back from the target and compares their digests with the ledger's. A sample is 1 % of each folder,
 * at least one message and at most 200 of a user; a full check reads everything that landed.
 */
import { canonicalDigest } from '#mail/canonical.ts'
import { fingerprint } from '#mail/fingerprint.ts'
import { disposeQuietly } from '#base/dispose.ts'
import { runsOf } from '#base/uid-set.ts'
import type { FolderWork } from '../pass/folder-work.ts'
import type { Pass } from '../pass/pass.ts'
import type { Landed, SourceReader, TargetReader } from '../ports.ts'
import { distrustKeys } from '../recover/distrust-keys.ts'
import { locateKeys } from '../recover/locate-keys.ts'
import { digestOf } from '../recover/look.ts'
import { sourceDigests, sourceFingerprints } from '../recover/source-digests.ts'

const SHARE = 0.01
const MOST = 200

export async function verifyMailbox(pass: Pass, folders: readonly FolderWork[]): Promise<void> {
  const { verify } = pass.options
  if (verify === 'none') return
  const fresh = folders.filter(({ report }) => (verify === 'full' ? report.landed > 0 : report.carried > 0))
  if (fresh.length === 0) return
  const verified = { looked: 0, equal: 0, canonical: 0, rewritten: 0, differing: 0, gone: 0 }
  pass.report.verified = verified
  const total = fresh.reduce((sum, { report }) => sum + report.landed, 0)
  const most = verify === 'full' ? Infinity : Math.max(MOST, fresh.length)
  for (const work of fresh) {
    const share =
      verify === 'full'
        ? Infinity
        : Math.max(1, Math.floor(Math.min(SHARE * work.report.landed, (most * work.report.landed) / total)))
    const every = verify === 'full' ? 1 : Math.max(1, Math.floor(work.report.landed / share))
    await verifyFolder(pass, work, every, share, verified)
    if (verified.looked >= most || pass.stopping) break
  }
  if (verified.canonical > 0) {
    pass.report.notes.push(
      `${verified.canonical} of ${verified.looked} messages read back were cleaned by the target: line ends, NUL bytes or a missing last line end, nothing else.`,
    )
  }
  if (verified.rewritten > 0) {
    pass.report.notes.push(
      `${verified.rewritten} of ${verified.looked} messages read back were rewritten by the target: their headers were changed, the rest is equal.`,
    )
  }
  if (verified.differing > 0) {
    pass.report.notes.push(
      `${verified.differing} of ${verified.looked} messages read back from the target differ from the source.`,
    )
  }
}

async function verifyFolder(
  pass: Pass,
  work: FolderWork,
  every: number,
  most: number,
  verified: NonNullable<Pass['report']['verified']>,
): Promise<void> {
  if (!work.target.selectable) {
    // Deleted or renamed there: that is theirs to do (G4).
    verified.looked += work.report.landed
    verified.gone += work.report.landed
    return
  }
  const differing: Landed[] = []
  const before = { ...verified }
  const { uidNext } = await pass.look(async (reader) => {
    const status = await reader.open(work.target)
    let index = 0
    let looked = 0
    for await (const group of pass.ports.ledger.groups(work.record.id, null)) {
      for (const message of group.messages) {
        if (index++ % every !== 0 || looked >= most || message.key === null) continue
        looked++
        const body = await reader.read(message.key)
        if (body === null) {
          // Someone may have deleted or moved it on the target: that is theirs to do (G4).
          verified.looked++
          verified.gone++
          continue
        }
        verified.looked++
        const { digest } = await digestOf(body)
        if (digest.subarray(0, message.digest.length).equals(message.digest)) verified.equal++
        else differing.push(message)
      }
      if (looked >= most || pass.stopping) break
    }
    return status
  })
  if (differing.length > 0) await compareCanonical(pass, work, differing, verified)
  const lied = verified.differing > before.differing || work.claims.highest >= uidNext
  if (lied && work.claims.highest > 0 && !work.distrusted) {
    await findAgain(pass, work)
    Object.assign(verified, before)
    return verifyFolder(pass, work, every, most, verified)
  }
  if (verified.looked > before.looked)
    await remember(pass, work, differing.length === 0, verified.canonical > before.canonical)
}

/** Another message stands where the target said that it stored ours: it is asked by contents. */
async function findAgain(pass: Pass, work: FolderWork): Promise<void> {
  await distrustKeys(pass, work)
  let source: SourceReader | null = null
  try {
    await locateKeys(pass, work, async () => {
      source = await pass.ports.source.reader()
      await source.open(work.source)
      return source
    })
  } finally {
    await disposeQuietly(source)
  }
}

/** How the target keeps bytes here, as this look has shown: the waybill says so (transfer-engine.md §3.7). */
async function remember(pass: Pass, work: FolderWork, verbatim: boolean, canonical: boolean): Promise<void> {
  const rewriting = canonical ? 'canonical' : verbatim ? 'verbatim' : 'rewriting'
  if (work.record.rewriting === rewriting || work.record.rewriting === 'rewriting') return
  if (work.record.rewriting === 'canonical' && rewriting === 'verbatim') return
  work.record = { ...work.record, rewriting }
  await pass.ports.ledger.saveFolders([work.record])
}

/** Not byte for byte: is it at least the same mail, cleaned by the target? The source is read once more for it. */
async function compareCanonical(
  pass: Pass,
  work: FolderWork,
  differing: readonly Landed[],
  verified: NonNullable<Pass['report']['verified']>,
): Promise<void> {
  await using source = await pass.ports.source.reader()
  await source.open(work.source)
  const clean = new Map(
    (await sourceDigests(source, runsOf(differing.map(({ uid }) => uid)), 'canonical')).map((one) => [
      one.uid,
      one.digest,
    ]),
  )
  const others: Landed[] = []
  await pass.look(async (reader: TargetReader) => {
    await reader.open(work.target)
    for (const message of differing) {
      const body = message.key === null ? null : await reader.read(message.key)
      const digest = clean.get(message.uid)
      if (body && digest && (await canonicalDigest(body)).digest.equals(digest)) verified.canonical++
      else others.push(message)
    }
  })
  if (others.length === 0) return
  const prints = await sourceFingerprints(source, runsOf(others.map(({ uid }) => uid)))
  await pass.look(async (reader: TargetReader) => {
    await reader.open(work.target)
    for (const { uid, key } of others) {
      const body = key === null ? null : await reader.read(key)
      if (body && (await fingerprint(body)).key === prints.get(uid)) verified.rewritten++
      else verified.differing++
    }
  })
}
