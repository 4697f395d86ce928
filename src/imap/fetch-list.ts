/** UID, flags, date and size of many messages (UID FETCH, RFC 9051 §6.4.9; CHANGEDSINCE, RFC 7162 §3.1.4). */
import { Feed } from './feed.ts'
import { fetchItems } from './fetch-items.ts'
import type { Lane } from './lane.ts'
import { asFault } from '#base/fault.ts'
import { GarbledError, MOST_UID } from './tokens.ts'

export interface ListedItem {
  readonly uid: number
  readonly bytes: number
  readonly date: string
  readonly flags: readonly string[]
}

export interface ListRange {
  readonly from: number
  /** Null: to the end. */
  readonly to: number | null
}

const BATCH = 500
/** Batches that wait for their reader before the server is held back. */
const MOST_WAITING = 8
/** Messages per command: a server that is asked for half a million at once may well give up on us. */
const WINDOW = 20_000

/**
 * Sends at once; answers batches in the server's order. Messages that lack a value are asked for by nobody else:
 * their UID alone counts, the rest is taken as empty.
 *
 * @param messages how many the folder holds, to choose windows by; null when not known.
 */
export function fetchList(
  lane: Lane,
  what: string,
  range: ListRange,
  messages: number | null,
  changedSince: bigint | null,
): AsyncIterable<readonly ListedItem[]> {
  let waiting = 0
  const feed = new Feed<readonly ListedItem[]>(() => {
    if (--waiting < MOST_WAITING / 2) lane.resume()
  })
  let batch: ListedItem[] = []
  const pass = () => {
    if (batch.length === 0) return
    waiting++
    feed.push(batch)
    batch = []
    if (waiting >= MOST_WAITING) lane.pause()
  }
  const windows = windowsOf(range, messages)
  const since = changedSince === null ? '' : ` (CHANGEDSINCE ${changedSince})`
  const ask = async ([from, to]: readonly [number, number | null]) => {
    let count = 0
    await lane.run(
      what,
      [`UID FETCH ${from}:${to ?? '*'} (UID FLAGS INTERNALDATE RFC822.SIZE)${since}`],
      {
        untagged(response) {
          if (response.word !== 'FETCH') return false
          const items = fetchItems(response)
          const { uid } = items
          // `5:*` names the last message even when its UID is below 5.
          if (uid === null || uid < from || uid > (to ?? MOST_UID)) return false
          if (items.flags === null || items.bytes === null || items.date === null || items.hasBody) return false
          if (++count > (to ?? MOST_UID) - from + 1) throw new GarbledError('more messages than UIDs')
          batch.push({ uid, bytes: items.bytes, date: items.date, flags: items.flags })
          if (batch.length >= BATCH) pass()
          return true
        },
      },
      { fault: 'FOLDER_UNREADABLE', transient: true, says: 'the messages could not be listed' },
    )
  }
  const all = async () => {
    // Two windows under way: the next one begins while this one comes in.
    let before: Promise<void> | null = null
    for (const window of windows) {
      const now = ask(window)
      now.catch(() => undefined)
      if (before) await before
      before = now
    }
    await before
    pass()
    feed.end()
  }
  all().catch((thrown: unknown) => {
    pass()
    feed.fail(asFault(thrown))
  })
  return feed
}

/** UID ranges that hold about WINDOW messages each if these are spread evenly; their number is bounded either way. */
function windowsOf(range: ListRange, messages: number | null): (readonly [number, number | null])[] {
  const wanted = Math.min(Math.ceil((messages ?? 0) / WINDOW), 500)
  if (wanted <= 1 || range.to === null) return [[range.from, range.to]]
  const width = Math.ceil((range.to - range.from + 1) / wanted)
  const windows: [number, number][] = []
  for (let from = range.from; from <= range.to; from += width)
    windows.push([from, Math.min(from + width - 1, range.to)])
  return windows
}
