/** The event log as server-sent events (HTML Living Standard §9.2). A slow reader waits; no event is dropped for it. */
import type { ServerResponse } from 'node:http'
import type { ServiceEvent } from '#contract/organization.ts'
import { drained } from './answer-stream.ts'

export interface EventStreamOptions {
  /** Aborted when the caller has gone, the service closes, or `stop` was called. */
  readonly signal: AbortSignal
  stop(): void
  /** Whether the token or session is still good. */
  recheck(): Promise<boolean>
  readonly heartbeatMs: number
  readonly recheckMs: number
}

/** Sends until `signal` is aborted or `events` ends or throws; the caller comes back with the id it has seen last. */
export async function sendEvents(
  response: ServerResponse,
  events: AsyncIterable<ServiceEvent>,
  { signal, stop, recheck, heartbeatMs, recheckMs }: EventStreamOptions,
): Promise<void> {
  // The first bytes tell the caller that it is connected; proxies end silent connections, hence the beat.
  response.write(': connected\n\n')
  const beat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(':\n\n')
  }, heartbeatMs)
  const look = setInterval(() => {
    // A look that hangs must not keep the stream: with the database away nobody knows any more who may read.
    const late = setTimeout(stop, recheckMs)
    void recheck()
      .then((good) => good || stop(), stop)
      .finally(() => clearTimeout(late))
  }, recheckMs)
  const end = () => {
    clearInterval(beat)
    clearInterval(look)
    signal.removeEventListener('abort', end)
    endNow(response)
  }
  // The log may be silent for hours and whoever reads it not listen to the signal: the answer ends without them.
  signal.addEventListener('abort', end)
  if (signal.aborted) end()
  try {
    for await (const event of events) {
      if (signal.aborted) break
      if (!response.write(eventText(event))) await drained(response, signal)
    }
  } catch (thrown) {
    if (!signal.aborted && !response.destroyed) throw thrown
  } finally {
    end()
  }
}

export function eventText(event: ServiceEvent): string {
  // A line break would begin a field of its own; JSON holds none.
  return `id: ${event.id}\nevent: ${event.kind.replace(/[\r\n]/g, ' ')}\ndata: ${JSON.stringify(event)}\n\n`
}

/** Who does not read cannot be told the end, either. */
function endNow(response: ServerResponse): void {
  if (response.writableNeedDrain) response.destroy()
  else if (!response.writableEnded) response.end()
}
