/**
 * Whole messages, streamed (UID FETCH … BODY.PEEK[], RFC 9051 §6.4.5). Bodies are handed on as they come; when
 * nobody reads them, the server is held back.
 */
import { asFault, bug } from '#base/fault.ts'
import { type Room, Stored } from '#base/room.ts'
import { type Runs, countRuns, formatRuns, hasUid } from '#base/uid-set.ts'
import { Feed } from './feed.ts'
import { type FetchItems, fetchItems } from './fetch-items.ts'
import type { Handler, Lane } from './lane.ts'
import { Untagged } from './response.ts'
import { MESSAGE_REFUSED } from './fetch-header.ts'
import { GarbledError } from './tokens.ts'
import type { LiteralSink } from './wire.ts'

export interface FetchedItem {
  readonly uid: number
  readonly flags: readonly string[]
  readonly date: string
  /** Announced length of the body. */
  readonly bytes: number
  /** In the room given; or to be read to its end before the next message is asked for, else dropped. Null for NIL. */
  readonly body: Feed<Buffer> | Stored | null
}

/** Received and not yet read, per command set. */
const MOST_HELD_BYTES = 262_144
/** Behind a command without its answer the server cannot be held back; a group that is no larger than it said fits. */
const MOST_BEHIND_BYTES = 33_554_432
/** What an entry costs beside its body. */
const ENTRY_BYTES = 256
/** A body that comes before its UID is held up to this length, else asked for again. */
const MOST_AHEAD_BYTES = 1_048_576
const LONGEST_SET = 4000

/**
 * Sends at once, reads when asked. Each UID is answered at most once, those that are gone not at all. Bodies that fit
 * into `room` are put there as they come, whoever reads.
 */
export function fetchBodies(lane: Lane, what: string, uids: Runs, room?: Room): AsyncIterable<FetchedItem> {
  const fetch = new BodyFetch(lane, what, uids, null, room ?? null)
  fetch.start()
  return fetch.messages
}

/**
 * The body of one message, without the flags and date that the caller knows. In a single command: the answers of two
 * make servers that write in small pieces wait 40 ms for our delayed acknowledgement, at every message (Cyrus).
 */
export function fetchBody(lane: Lane, what: string, uid: number): AsyncIterable<FetchedItem> {
  const fetch = new BodyFetch(lane, what, [[uid, uid]], { uid: null, flags: [], date: '' })
  fetch.start()
  return fetch.messages
}

class BodyFetch {
  readonly #lane: Lane
  readonly #what: string
  readonly #uids: Runs
  readonly #room: Room | null
  /** What stands for flags and date where nobody asks for them. */
  readonly #known: Known | null
  readonly #wanted: number
  readonly #mine = new Set<Handler>()
  readonly #seen = new Set<number>()
  /** Too large to be held until their UID came; asked for once more, alone. */
  readonly #again: number[] = []
  #heldBytes = 0
  /** The body that is coming in, and the one that the reader was last given. */
  #body: Feed<Buffer> | null = null
  #current: Feed<Buffer> | null = null
  readonly messages: Feed<FetchedItem>

  constructor(lane: Lane, what: string, uids: Runs, known: Known | null = null, room: Room | null = null) {
    this.#known = known
    this.#lane = lane
    this.#what = what
    this.#uids = uids
    this.#room = room
    this.#wanted = countRuns(uids)
    this.messages = new Feed<FetchedItem>(
      (message) => {
        // The body before this one was not read to its end: nobody will.
        if (this.#current !== message.body) this.#current?.abandon()
        this.#current = message.body instanceof Feed ? message.body : null
        this.#release(ENTRY_BYTES)
      },
      () => this.#current?.abandon(),
    )
  }

  start(): void {
    const commands = sets(this.#uids).map((set) => this.#ask(set))
    const all = async () => {
      await Promise.all(commands)
      for (const uid of this.#again) await this.#alone(uid)
      this.messages.end()
    }
    all().catch((thrown: unknown) => {
      const fault = asFault(thrown)
      this.#body?.fail(fault)
      this.messages.fail(fault)
    })
  }

  #ask(set: Runs): Promise<void> {
    if (countRuns(set) === 1) return this.#alone(set[0]![0])
    return this.#fetch(`UID FETCH ${formatRuns(set)} (UID FLAGS INTERNALDATE BODY.PEEK[])`, set, () => null)
  }

  /**
   * A single message may be of any size. Its values are asked for ahead, for servers that send them after the body;
   * and nothing is left open before it, for then it could not be held back.
   */
  async #alone(uid: number): Promise<void> {
    const lane = this.#lane
    const { folders } = lane
    await lane.answered()
    if (lane.folders !== folders)
      throw bug('FETCH-FOLDER', 'another folder was opened while a message was being fetched')
    if (this.#known) {
      await this.#fetch(`UID FETCH ${uid} (UID BODY.PEEK[])`, [[uid, uid]], () => this.#known)
      return
    }
    let known: Known | null = null
    const handler: Handler = {
      untagged: (response) => {
        if (response.word !== 'FETCH') return false
        const items = fetchItems(response)
        if (items.uid !== uid || items.flags === null || items.date === null || items.hasBody) return false
        known = items
        return true
      },
    }
    this.#mine.add(handler)
    const metadata = lane.run(this.#what, [`UID FETCH ${uid} (UID FLAGS INTERNALDATE)`], handler, MESSAGE_REFUSED)
    metadata.catch(() => undefined)
    await this.#fetch(`UID FETCH ${uid} (UID BODY.PEEK[])`, [[uid, uid]], () => known)
    await metadata
  }

  async #fetch(command: string, set: Runs, known: () => Known | null): Promise<void> {
    let sinkTook = false
    /** Hands the body on; called when its response has ended as it must. */
    let handOn: (() => void) | null = null
    let ahead: { chunks: Buffer[]; bytes: number } | null = null
    const handler: Handler = {
      literal: (pieces, bytes) => {
        const response = new Untagged(pieces, [])
        if (response.word !== 'FETCH' || !/[ (]BODY\[\] ~?\{\d+\+?\}$/i.test(pieces.at(-1)!)) return null
        if (sinkTook) throw new GarbledError('two bodies in one FETCH')
        const items = pieces.length === 1 ? fetchItems(response, true) : null
        const uid = items?.uid ?? null
        if (uid !== null && (!hasUid(set, uid) || this.#seen.has(uid))) return null
        sinkTook = true
        const message = items && complete(items, known())
        if (message) {
          const { sink, complete: whole } = this.#begin(message, bytes, handler)
          handOn = whole
          return sink
        }
        ahead = bytes > MOST_AHEAD_BYTES ? { chunks: [], bytes: -1 } : { chunks: [], bytes }
        const keep = ahead
        return {
          chunk: (chunk) => {
            if (keep.bytes >= 0) keep.chunks.push(Buffer.from(chunk))
          },
          end: () => undefined,
        }
      },
      untagged: (response) => {
        if (response.word !== 'FETCH') return false
        const [took, held, whole] = [sinkTook, ahead, handOn]
        sinkTook = false
        ahead = null
        handOn = null
        if (took) endsRightly(response)
        if (took && held === null) {
          whole?.()
          return true
        }
        const items = fetchItems(response)
        if (!items.hasBody) return false
        const message = complete(items, known())
        if (!message || !hasUid(set, message.uid) || this.#seen.has(message.uid)) return false
        if (held?.bytes === -1) {
          if (set.length === 1 && set[0]![0] === set[0]![1])
            throw new GarbledError('a message whose flags and date it does not say')
          this.#again.push(message.uid)
          return true
        }
        const chunks = held ? held.chunks : items.body === null ? null : [items.body]
        this.#whole(message, chunks, handler)
        return true
      },
    }
    this.#mine.add(handler)
    const answer = await this.#lane.ask([command], handler)
    if (answer.status === 'OK') return
    // What is there came before this answer; the others have been expunged meanwhile (RFC 2180 §4.1.2).
    if (answer.code === 'EXPUNGEISSUED' || /no longer exist/i.test(answer.text)) return
    throw this.#lane.refusal(this.#what, answer, MESSAGE_REFUSED)
  }

  #begin(message: Complete, bytes: number, handler: Handler): Arriving {
    return this.#room?.fits(bytes)
      ? this.#intoRoom(this.#room, message, bytes, handler)
      : this.#streaming(message, bytes, handler)
  }

  #intoRoom(room: Room, message: Complete, bytes: number, handler: Handler): Arriving {
    const body = new Stored()
    this.#seen.add(message.uid)
    this.#hold(ENTRY_BYTES, handler)
    return {
      sink: { chunk: (chunk) => room.put(body.views, chunk), end: () => undefined },
      complete: () => {
        this.messages.push({ ...message, bytes, body })
        this.#endIfComplete()
      },
    }
  }

  #streaming(message: Complete, bytes: number, handler: Handler): Arriving {
    const body = this.#entry(message, bytes, handler)
    this.#body = body
    const sink: LiteralSink = {
      chunk: (chunk) => {
        const views: Buffer[] = []
        if (this.#room?.streams) this.#room.put(views, chunk)
        else views.push(Buffer.from(chunk))
        for (const view of views) {
          this.#hold(view.length, handler)
          body.push(view)
        }
      },
      end: () => undefined,
    }
    return {
      sink,
      complete: () => {
        this.#body = null
        body.end()
        this.#endIfComplete()
      },
    }
  }

  #whole(message: Complete, chunks: readonly Buffer[] | null, handler: Handler): void {
    if (chunks === null) {
      this.#seen.add(message.uid)
      this.#hold(ENTRY_BYTES, handler)
      this.messages.push({ ...message, bytes: 0, body: null })
      this.#endIfComplete()
      return
    }
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    const body = this.#entry(message, bytes, handler)
    for (const chunk of chunks) {
      this.#hold(chunk.length, handler)
      body.push(chunk)
    }
    body.end()
    this.#endIfComplete()
  }

  #entry(message: Complete, bytes: number, handler: Handler): Feed<Buffer> {
    this.#seen.add(message.uid)
    const body = new Feed<Buffer>((chunk) => this.#release(chunk.length))
    this.#hold(ENTRY_BYTES, handler)
    this.messages.push({ ...message, bytes, body })
    return body
  }

  #hold(bytes: number, handler: Handler): void {
    this.#heldBytes += bytes
    if (this.#heldBytes < MOST_HELD_BYTES) return
    // Our own reader waits for none of our own commands, only for messages.
    if (this.#lane.olderThan(handler).every((older) => this.#mine.has(older))) this.#lane.pause()
    else if (this.#heldBytes > MOST_BEHIND_BYTES) throw new GarbledError('messages far larger than it had said')
  }

  /** All that was asked for is there: a server may keep its OK back while it works on the next command. */
  #endIfComplete(): void {
    if (this.#seen.size === this.#wanted) this.messages.end()
  }

  #release(bytes: number): void {
    this.#heldBytes -= bytes
    if (this.#heldBytes < MOST_HELD_BYTES / 2) this.#lane.resume()
  }
}

/** A body on its way. It counts as whole only when the response around it has ended, too. */
interface Arriving {
  readonly sink: LiteralSink
  complete(): void
}

/** Behind a literal that is longer than its server said comes mail: what we have of it is not the message. */
function endsRightly(response: Untagged): void {
  // Its beginning was read when the literal came.
  if (response.tail === ')') return
  if (!/^(?: .*)?\)\s*$/s.test(response.tail)) throw new GarbledError('a message of another length than it had said')
  fetchItems(response)
}

interface Complete {
  readonly uid: number
  readonly flags: readonly string[]
  readonly date: string
}

type Known = Pick<FetchItems, 'uid' | 'flags' | 'date'>

function complete(items: FetchItems, known: Known | null): Complete | null {
  const uid = items.uid ?? known?.uid ?? null
  const flags = items.flags ?? known?.flags ?? null
  const date = items.date ?? known?.date ?? null
  return uid === null || flags === null || date === null ? null : { uid, flags, date }
}

/** Sets short enough for one command line each. */
function sets(uids: Runs): Runs[] {
  const out: Runs[] = []
  let set: (readonly [number, number])[] = []
  let length = 0
  for (const run of uids) {
    set.push(run)
    length += 22
    if (length >= LONGEST_SET) {
      out.push(set)
      set = []
      length = 0
    }
  }
  if (set.length > 0) out.push(set)
  return out
}
