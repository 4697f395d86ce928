/** The way out for answers that are longer than memory should hold: written as fast as the caller reads. */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { callerGone, tooSlow } from './framework-fault.ts'

/** Rows are small; a write for each would be a packet for each. */
const CHUNK = 16_384

/**
 * Writes `text` and ends the answer. What fails before the first piece is thrown, with nothing sent yet, so that it
 * becomes a problem; what fails later cuts the connection: a part must not look like the whole. `stallMs` is the longest
 * that a caller may leave unread what is there.
 */
export async function sendText(
  response: ServerResponse,
  text: AsyncIterable<string>,
  { start, signal, stallMs }: { start(): void; signal: AbortSignal; stallMs: number },
): Promise<void> {
  const pieces = text[Symbol.asyncIterator]()
  let piece = await pieces.next()
  start()
  try {
    let ready = ''
    while (piece.done !== true) {
      ready += piece.value
      if (ready.length >= CHUNK) {
        await write(response, ready, signal, stallMs)
        ready = ''
      }
      piece = await pieces.next()
    }
    response.end(ready)
  } catch (thrown) {
    response.destroy()
    throw thrown
  } finally {
    if (piece.done !== true) await pieces.return?.()
  }
}

async function write(response: ServerResponse, text: string, signal: AbortSignal, stallMs: number): Promise<void> {
  if (response.write(text)) return
  const late = AbortSignal.timeout(stallMs)
  try {
    await drained(response, AbortSignal.any([signal, late]))
  } catch (thrown) {
    throw late.aborted ? tooSlow('the answer was not read in time') : thrown
  }
}

/** Until what was written has gone to the network; rejects when `signal` is aborted or the caller has gone first. */
export async function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  // Of a connection that is gone nothing ever drains, and it would be written to for ever.
  if (response.destroyed) throw callerGone()
  if (response.writableNeedDrain) await once(response, 'drain', { signal })
}
