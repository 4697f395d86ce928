/** The beginning of one message (UID FETCH … BODY.PEEK[HEADER], RFC 9051 §6.4.5). */
import { fetchItems } from './fetch-items.ts'
import type { Lane } from './lane.ts'

/** A NO to a FETCH concerns the message, and may pass. */
export const MESSAGE_REFUSED = {
  fault: 'MESSAGE_UNREADABLE',
  scope: 'item',
  transient: true,
  says: 'the server could not read a message',
} as const

/** The first `most` bytes of a header (BODY.PEEK[HEADER]<0.n>); null when the message is gone. */
export async function fetchHeader(lane: Lane, what: string, uid: number, most: number): Promise<Buffer | null> {
  let header: Buffer | null = null
  const length = Math.min(Math.max(most, 1), 131_072)
  await lane.run(
    what,
    [`UID FETCH ${uid} (UID BODY.PEEK[HEADER]<0.${length}>)`],
    {
      untagged(response) {
        if (response.word !== 'FETCH') return false
        const items = fetchItems(response)
        if (items.uid !== uid || !items.hasBody || items.body === null) return false
        header = items.body.subarray(0, most)
        return true
      },
    },
    MESSAGE_REFUSED,
  )
  return header
}
