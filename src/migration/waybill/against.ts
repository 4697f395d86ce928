/** Reads back from the target what a waybill names and compares it: bytes first, then what targets are known to do. */
import { createHash } from 'node:crypto'
import type { MailTarget, TargetFolder, TargetReader } from '#engine/ports/target.ts'
import type { FolderPath } from '#engine/ports/types.ts'
import type { FolderCheck } from './counts-check.ts'
import type { MessageLine } from './format.ts'
import { Broken, readWaybill } from './read.ts'
import { rewritesOf } from './undo.ts'
import { unreadable, verifyWaybill } from './verify.ts'
import type { TrustOptions, WaybillCheck } from './verify.ts'

/** Differences that are listed one by one; the counts go on. */
const MOST_LISTED = 1_000

/**
 * `equal`: byte for byte. `canonical`: the same message, its NULs, line ends or last line end made clean.
 * `rewritten`: the target is known to rewrite in this folder, and equality cannot be proved from the digest.
 * `changed`: other bytes. `missing`: no longer there. `unlocated`: the waybill has no key for it, or the
 * folder was recreated and its keys are void.
 */
export type Verdict = 'equal' | 'canonical' | 'rewritten' | 'changed' | 'missing' | 'unlocated'

export interface Difference {
  readonly verdict: Exclude<Verdict, 'equal'>
  readonly line: number
  readonly folder: FolderPath
  readonly uid: number
  readonly message: string
}

export interface AgainstCheck {
  readonly check: WaybillCheck
  /** False when the file itself failed: then the target was not asked. */
  readonly compared: boolean
  /** Every message that was looked at is equal or canonical, and the file is good. */
  readonly ok: boolean
  readonly looked: number
  /** Message lines of the file. */
  readonly messages: number
  readonly verdicts: Readonly<Record<Verdict, number>>
  /** At most 1,000, in the order of the file. */
  readonly differences: readonly Difference[]
}

export interface AgainstOptions extends TrustOptions {
  /** Share of each folder's messages to look at, above 0 and at most 1; at least one in each folder. Default 1. */
  readonly sample?: number
  /** 0 ≤ value < 1: where in each folder a sample begins. Default Math.random. */
  readonly random?: () => number
  /** Called after each message. */
  readonly progress?: (looked: number, toLook: number) => void
  readonly signal?: AbortSignal
}

/**
 * Verifies the file as `verifyWaybill` does, and when that succeeds each message that it names against the target,
 * one at a time over one connection. Faults of the connection are thrown as they are.
 */
export async function verifyAgainst(
  path: string,
  target: MailTarget,
  options: AgainstOptions = {},
): Promise<AgainstCheck> {
  const check = await verifyWaybill(path, options)
  const counts = check.folders.map((folder) => messagesIn(folder))
  const messages = counts.reduce((sum, count) => sum + count, 0)
  const verdicts = { equal: 0, canonical: 0, rewritten: 0, changed: 0, missing: 0, unlocated: 0 }
  const differences: Difference[] = []
  if (!check.ok) return { check, compared: false, ok: false, looked: 0, messages, verdicts, differences }

  const share = Math.min(1, Math.max(0, options.sample ?? 1))
  const toLook = counts.reduce((sum, count) => sum + sampleSize(count, share), 0)
  const onTarget = new Map((await target.folders()).map((folder) => [JSON.stringify(folder.path), folder]))
  await using reader = await target.reader()
  let looked = 0
  let last = ''
  let at: Section | null = null
  try {
    for await (const batch of readWaybill(path)) {
      for (const { number, line } of batch) {
        if (line.kind === 'seal') last = line.chain.toString('hex')
        if (line.kind !== 'message') continue
        options.signal?.throwIfAborted()
        if (at?.folder.folder !== line.folder) {
          const folder: FolderCheck = check.folders[line.folder]!
          const chosen = sampler(messagesIn(folder), share, options.random ?? Math.random)
          at = { folder, chosen, index: 0, place: await openFolder(reader, folder, onTarget) }
        }
        if (!at.chosen(at.index++)) continue
        const found = await compare(reader, line, at, target.traits.kind === 'imap' ? 'number' : 'string')
        verdicts[found.verdict]++
        looked++
        if (found.verdict !== 'equal' && differences.length < MOST_LISTED) {
          const { verdict, message } = found
          differences.push({ verdict, message, line: number, folder: at.folder.target ?? [], uid: line.uid })
        }
        options.progress?.(looked, toLook)
      }
    }
  } catch (thrown) {
    // The file was whole a moment ago: it is being written to, and what was compared is worth nothing.
    throw thrown instanceof Broken ? unreadable(path, thrown) : thrown
  }
  if (last !== check.chain) throw unreadable(path, new Error('it was replaced while it was being compared'))
  const ok = verdicts.equal + verdicts.canonical === looked
  return { check, compared: true, ok, looked, messages, verdicts, differences }
}

/** The folder whose lines are being read. */
interface Section {
  readonly folder: FolderCheck
  readonly place: OpenedFolder
  readonly chosen: (index: number) => boolean
  index: number
}

type OpenedFolder =
  | { readonly kind: 'open' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'recreated'; readonly now: number }

async function openFolder(
  reader: TargetReader,
  folder: FolderCheck,
  onTarget: ReadonlyMap<string, TargetFolder>,
): Promise<OpenedFolder> {
  const there = onTarget.get(JSON.stringify(folder.target))
  if (!there?.selectable) return { kind: 'absent' }
  const { validity } = await reader.open(there)
  // Keys of another UIDVALIDITY point at other messages (RFC 9051 §2.3.1.1); 0: this kind of mailbox has none.
  const recreated = folder.targetValidity !== null && folder.targetValidity !== validity
  return recreated ? { kind: 'recreated', now: validity } : { kind: 'open' }
}

async function compare(
  reader: TargetReader,
  line: MessageLine,
  { folder, place }: Section,
  keyType: 'number' | 'string',
): Promise<{ readonly verdict: Verdict; readonly message: string }> {
  if (place.kind === 'absent') return { verdict: 'missing', message: 'its folder is not on the target' }
  if (line.key === null) return { verdict: 'unlocated', message: 'the target never said under which number it is' }
  if (place.kind === 'recreated') {
    const message = `its folder was recreated: UIDVALIDITY was ${folder.targetValidity} and is ${place.now}`
    return { verdict: 'unlocated', message }
  }
  if (typeof line.key !== keyType) return { verdict: 'unlocated', message: 'its key is of another kind of target' }
  const body = await reader.read(line.key)
  if (body === null) return { verdict: 'missing', message: 'not on the target: moved or deleted by the user since?' }
  const { bytes, sha256 } = await digestOf(body)
  if (bytes === line.bytes && sha256 === line.sha256) return { verdict: 'equal', message: '' }
  if (sha256 === line.canonical) return { verdict: 'canonical', message: 'in canonical form on the target' }
  const again = await reader.read(line.key)
  if (again === null) return { verdict: 'missing', message: 'deleted from the target during the comparison' }
  const rewrites = await rewritesOf(again, line)
  if (rewrites !== null) {
    // None: the second reading gave the source's bytes, so the first was of a message still being delivered.
    return { verdict: rewrites.length === 0 ? 'equal' : 'canonical', message: rewrites.join(', ') }
  }
  const sizes = `${line.bytes} bytes in the source, ${bytes} on the target`
  if (folder.bytesKept === 'canonical' || folder.bytesKept === 'rewriting') {
    return { verdict: 'rewritten', message: `the target rewrites messages in this folder: ${sizes}` }
  }
  return { verdict: 'changed', message: `other bytes than the waybill says: ${sizes}` }
}

async function digestOf(body: AsyncIterable<Buffer>): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of body) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { bytes, sha256: hash.digest('hex') }
}

function messagesIn({ counts }: FolderCheck): number {
  return counts === null ? 0 : counts.carried + counts.adopted + counts.found
}

const sampleSize = (count: number, share: number): number => Math.min(count, Math.max(1, Math.ceil(count * share)))

/** Chooses exactly `sampleSize` of `count` indices, evenly spread, beginning anywhere. */
function sampler(count: number, share: number, random: () => number): (index: number) => boolean {
  const size = sampleSize(count, share)
  const shift = Math.floor(random() * count)
  // (i × size) mod count wraps exactly `size` times in any run of `count` indices.
  return (index) => (((index + shift) % count) * size) % count < size
}
