/** Messages of an open intent, or one that was sent again: one packed column, in the order given. */
import { bug } from '#base/fault.ts'
import type { Intended } from '#engine/ports.ts'
import type { WordIds } from './pack-group.ts'
import { Packer, Unpacker } from './pack.ts'

const DIGEST_BYTES = 32

export function packIntended(messages: readonly Intended[], words: WordIds): Buffer {
  const packer = new Packer().number(messages.length)
  let uid = 0
  let dateS = 0
  for (const message of messages) {
    packer.signed(message.uid - uid).number(message.bytes)
    packer.signed(message.dateS - dateS).number(message.flags.system)
    packer.number(words.idOf(message.flags.keywords))
    const { digest } = message
    if (digest !== null && digest.length !== DIGEST_BYTES) {
      throw bug('LEDGER_DIGEST', `an intended message came with ${digest.length} bytes of digest`)
    }
    packer.number(digest === null ? 0 : 1)
    if (digest !== null) packer.raw(digest)
    uid = message.uid
    dateS = message.dateS
  }
  return packer.done()
}

/** Ids of word lists that `unpackIntended` will ask for. */
export function wordIdsInIntended(packed: Buffer): number[] {
  const ids: number[] = []
  unpackIntended(packed, { idOf: () => 0, wordsOf: (id) => (ids.push(id), []) })
  return ids
}

export function unpackIntended(packed: Buffer, words: WordIds): Intended[] {
  const unpacker = new Unpacker(packed)
  const messages: Intended[] = []
  let uid = 0
  let dateS = 0
  for (let left = unpacker.number(); left > 0; left--) {
    uid += unpacker.signed()
    const bytes = unpacker.number()
    dateS += unpacker.signed()
    const system = unpacker.number()
    const keywords = words.wordsOf(unpacker.number())
    const digest = unpacker.number() === 1 ? Buffer.from(unpacker.raw(DIGEST_BYTES)) : null
    messages.push({ uid, bytes, dateS, flags: { system, keywords }, digest })
  }
  return messages
}
