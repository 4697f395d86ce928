/**
 * What happens is told by the event stream, and what is shown is then asked for anew: the answer takes the place of the
 * one before without a flash. How far a mailbox has come is no event; it is looked at while something runs.
 */
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { urlOf } from './api.ts'

/** Data under this key follows the events. */
export const LIVE = 'live'
/** At most one look in this time, however much happens; and a service that takes long for one is asked less often. */
const PAUSE_MS = 700
const PAUSE_OF_LOOK = 2
const AGAIN_MS = 3_000
/** While something runs, and else: a stream may have been cut by a proxy in silence. */
export const RUNNING_MS = 2_500
export const RESTING_MS = 30_000

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Of a page that is in front: browsers allow few connections to one server, and hidden pages would take them. */
export function useLive(isSignedIn: boolean): void {
  const client = useQueryClient()
  useEffect(() => {
    if (!isSignedIn) return () => {}
    let stop = () => {}
    const look = () => {
      stop()
      stop = document.hidden ? () => {} : follow(client)
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => {
      document.removeEventListener('visibilitychange', look)
      stop()
    }
  }, [client, isSignedIn])
}

function follow(client: QueryClient): () => void {
  const ended = new AbortController()
  const { signal } = ended
  let isAsked = false
  let isLooking = false
  const look = async () => {
    isAsked = true
    if (isLooking) return
    isLooking = true
    while (isAsked && !signal.aborted) {
      isAsked = false
      const from = performance.now()
      await client.invalidateQueries({ queryKey: [LIVE] })
      await pause(Math.max(PAUSE_MS, PAUSE_OF_LOOK * (performance.now() - from)))
    }
    isLooking = false
  }
  void (async () => {
    while (!signal.aborted) {
      try {
        // What happened while nobody listened.
        void look()
        await listen(signal, () => void look())
      } catch {
        // Tried again below; a session that has ended is noticed by what is asked for.
      }
      if (!signal.aborted) await pause(AGAIN_MS)
    }
  })()
  return () => ended.abort()
}

/** Until the stream ends. EventSource wants the name of every kind of event; here each is a reason to look. */
async function listen(signal: AbortSignal, told: () => void): Promise<void> {
  const response = await fetch(urlOf('streamEvents'), { signal })
  if (!response.ok || response.body === null) return
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    // Lines that begin with a colon are beats; what is left of an event cut in two counts as well.
    if (/^[^:\r\n]/m.test(value)) told()
  }
}
