/** One question and its answer; asked again where that does no harm and the service or the way to it was in the way. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '#base/fault.ts'
import type { Courier, Received, Sent } from './courier.ts'
import { refusalOf } from './problem.ts'

/** Waited for in all, ms: as long as the service may take for one answer. */
const PATIENCE_MS = 180_000

/**
 * Resolves with what is no refusal. Asked a second time is, once, what may be asked twice (a GET, or with an
 * Idempotency-Key) when the connection broke; and, as often as it takes, what was refused before it was looked at.
 * @throws Fault with the server's own code; SERVER_UNREACHABLE and the like when it is not there
 */
export async function exchange(courier: Courier, sent: Sent, tell: (line: string) => void): Promise<Received> {
  const deadline = performance.now() + PATIENCE_MS
  let isSecond = false
  for (;;) {
    try {
      return await accepted(await courier.send(sent))
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown
      if (!isSecond && isLost(thrown) && (sent.method === 'GET' || sent.key !== undefined)) {
        isSecond = true
        tell('the connection broke: asking again')
        continue
      }
      // Of our own first question, which the service is still at.
      const isOurs = isSecond && thrown.code === 'IDEMPOTENCY_KEY_IN_USE'
      const isTooMuch = thrown.code === 'RATE_LIMITED' || thrown.code === 'SERVICE_BUSY'
      const waitMs = isTooMuch || isOurs ? thrown.waitMs : null
      if (waitMs === null || performance.now() + waitMs > deadline) throw thrown
      tell(`${thrown.code}: asking again in ${waitMs / 1000} s`)
      await sleep(waitMs)
    }
  }
}

async function accepted(received: Received): Promise<Received> {
  if (received.status < 300) {
    if (!received.isJson) return received
    // Read here: what breaks off in its middle is asked for again, too.
    const said = await received.text()
    return { ...received, text: async () => said }
  }
  throw refusalOf(received.status, received.statusText, await received.text(), received.retryAfterMs)
}

const isLost = ({ code, facts }: Fault): boolean =>
  code === 'SERVER_UNREACHABLE' && (facts['why'] === 'ECONNRESET' || facts['why'] === 'EPIPE')
