/**
 * A group of landed messages as one row: 20 to 25 bytes a message, 16 more until a waybill is sealed
 * (transfer-engine.md §2). Every column is in the order of ascending source UIDs.
 */
import { bug } from '#base/fault.ts'
import { eachUid, runsOf } from '#base/uid-set.ts'
import type { Flags, Landed, LedgerGroup } from '#engine/ports.ts'
import type { Int8 } from './types.ts'
import { keySpan, packKeys, unpackKeys } from './pack-keys.ts'
import { Packer, packRepeats, packRuns, Unpacker, unpackRepeats, unpackRuns } from './pack.ts'

const ORIGINS = ['sent', 'found', 'adopted'] as const
/** Bytes of a SHA-256 that stay in the ledger. */
export const HEAD_BYTES = 16

/** Numbers for lists of words; 0 is the empty list. */
export interface WordIds {
  idOf(words: readonly string[]): number
  wordsOf(id: number): readonly string[]
}

/** The columns that `update` rewrites; the others are identities. */
export interface PackedState {
  readonly maxKey: number | null
  readonly hasNames: boolean
  readonly keys: Buffer
  readonly flags: Buffer
  readonly keywords: Buffer | null
}

export interface PackedGroup extends PackedState {
  readonly id: string
  readonly folderRef: number
  readonly minUid: number
  readonly maxUid: number
  readonly n: number
  readonly uids: Buffer
  readonly sizes: Buffer
  readonly dates: Buffer
  readonly lost: Buffer | null
  readonly origins: Buffer
  readonly digests: Buffer
  readonly tails: Buffer
}

/** `messages` ascending by UID, none twice, at least one. */
export function packGroup(id: string, folderRef: number, messages: readonly Landed[], words: WordIds): PackedGroup {
  const n = messages.length
  const sizes = new Packer()
  const dates = new Packer()
  const digests = Buffer.allocUnsafe(n * HEAD_BYTES)
  const tails = Buffer.allocUnsafe(n * HEAD_BYTES)
  let lastDateS = 0
  messages.forEach((message, at) => {
    sizes.number(message.bytes)
    dates.signed(message.dateS - lastDateS)
    lastDateS = message.dateS
    if (message.digest.length !== 2 * HEAD_BYTES) {
      throw bug('LEDGER_DIGEST', `a landed message came with ${message.digest.length} bytes of digest`)
    }
    message.digest.copy(digests, at * HEAD_BYTES, 0, HEAD_BYTES)
    message.digest.copy(tails, at * HEAD_BYTES, HEAD_BYTES)
  })
  // One more than the index, so that even a group of `sent` only is not taken for "no column".
  const origins = messages.map(({ origin }) => ORIGINS.indexOf(origin) + 1)
  return {
    id,
    folderRef,
    minUid: messages[0]!.uid,
    maxUid: messages[n - 1]!.uid,
    n,
    uids: packRuns(runsOf(messages.map(({ uid }) => uid))),
    sizes: sizes.done(),
    dates: dates.done(),
    lost: packRepeats(messages.map(({ lostFlags }) => words.idOf(lostFlags))),
    origins: packRepeats(origins)!,
    digests,
    tails,
    ...packState(messages, words),
  }
}

export function packState(messages: readonly Landed[], words: WordIds): PackedState {
  const keys = messages.map(({ key }) => key)
  return {
    ...keySpan(keys),
    keys: packKeys(keys),
    flags: Buffer.from(messages.map(({ flags }) => flags.system)),
    keywords: packRepeats(messages.map(({ flags }) => words.idOf(flags.keywords))),
  }
}

/** A row of message_group as pg answers it. */
export interface GroupRow {
  readonly id: string
  readonly seq: Int8
  readonly folder_ref: Int8
  readonly n: number
  readonly uids: Buffer
  readonly keys: Buffer
  readonly sizes: Buffer
  readonly dates: Buffer
  readonly flags: Buffer
  readonly keywords: Buffer | null
  readonly lost: Buffer | null
  readonly origins: Buffer
  readonly digests: Buffer
  readonly digest_tails: Buffer | null
}

/** Ids of word lists that `unpackGroup` will ask for. */
export function wordIdsIn(row: GroupRow): number[] {
  return [...unpackRepeats(row.keywords, 0), ...unpackRepeats(row.lost, 0)]
}

export function unpackGroup(row: GroupRow, folder: string, words: WordIds): LedgerGroup {
  const { n } = row
  const uids = [...eachUid(unpackRuns(row.uids))]
  const keys = unpackKeys(row.keys)
  if (uids.length !== n || keys.length !== n || row.digests.length !== n * HEAD_BYTES) {
    throw bug('LEDGER_UNPACK', `group ${row.id} of the ledger does not hold the ${n} messages it says`)
  }
  const sizes = new Unpacker(row.sizes)
  const dates = new Unpacker(row.dates)
  const keywords = unpackRepeats(row.keywords, n)
  const lost = unpackRepeats(row.lost, n)
  const origins = unpackRepeats(row.origins, n)
  const shared = new Map<number, Flags>()
  let dateS = 0
  const messages = uids.map((uid, at): Landed => {
    dateS += dates.signed()
    const system = row.flags[at]!
    const set = keywords[at]!
    let flags = shared.get(set * 256 + system)
    if (!flags) shared.set(set * 256 + system, (flags = { system, keywords: words.wordsOf(set) }))
    return {
      uid,
      bytes: sizes.number(),
      dateS,
      flags,
      digest: digestAt(row, at),
      key: keys[at]!,
      origin: ORIGINS[origins[at]! - 1]!,
      lostFlags: words.wordsOf(lost[at]!),
    }
  })
  return { id: row.id, folder, messages }
}

/** All 32 bytes, or the 16 that are left after sealing. */
function digestAt(row: GroupRow, at: number): Buffer {
  const head = row.digests.subarray(at * HEAD_BYTES, (at + 1) * HEAD_BYTES)
  if (row.digest_tails === null) return head
  return Buffer.concat([head, row.digest_tails.subarray(at * HEAD_BYTES, (at + 1) * HEAD_BYTES)])
}
