/**
 * Empties the outbox: one delivery at a time in each channel, so that a silent mail server holds up no hook. Whichever
 * process claims a delivery sends it. A server that is away is asked again after 1 minute, then twice as long each time,
 * at most an hour; after three days of trying a report is given up.
 */
import { asFault, type Fault } from '#base/fault.ts'
import type { Log } from '#base/log.ts'
import { NOTIFICATION_CHANNELS, type NotificationChannel } from '#contract/notification-kinds.ts'
import type { Listener } from '#jobs/listen.ts'
import {
  type Delivery,
  claimDelivery,
  postpone,
  renewClaim,
  settleDropped,
  settleFailed,
  settleLater,
  settleSent,
} from '#store/service/outbox.ts'
import { deliver } from './deliver.ts'
import type { NotificationDeps } from './deps.ts'

export interface SenderOptions {
  readonly againMs?: number | undefined
  readonly forMs?: number | undefined
  readonly pollMs?: number | undefined
  readonly claimMs?: number | undefined
}

const AGAIN_MS = 60_000
const LONGEST_PAUSE_MS = 3_600_000
const FOR_MS = 3 * 86_400_000
const POLL_MS = 5_000
/** Renewed while it is being sent: another process takes up so soon what one has claimed and died with. */
const CLAIM_MS = 20_000
/** What is on its way when the service stops has so long to end; sent anew it would be there twice. */
const CLOSE_MS = 5_000

export function startSender(
  deps: NotificationDeps & { readonly listener: Listener; readonly log: Log },
  { againMs = AGAIN_MS, forMs = FOR_MS, pollMs = POLL_MS, claimMs = CLAIM_MS }: SenderOptions = {},
): AsyncDisposable {
  const { store, listener, log } = deps
  const closing = new AbortController()
  const aborting = new AbortController()

  const refused = async (delivery: Delivery, fault: Fault) => {
    const refusal = { code: fault.code, said: fault.message }
    const isOver = Date.now() - delivery.tried_since.getTime() >= forMs
    log.warn('a report could not be delivered', { delivery: delivery.id, code: fault.code, said: fault.message })
    if (isOver || (fault.scope === 'item' && !fault.transient)) return await settleFailed(store, delivery, refusal)
    const pauseMs = Math.min(againMs * 2 ** (delivery.attempts - 1), LONGEST_PAUSE_MS)
    await settleLater(store, delivery, refusal, pauseMs)
    if (fault.scope === 'endpoint') await postpone(store, delivery.channel, refusal, pauseMs)
  }

  const send = async (delivery: Delivery) => {
    if (delivery.dropped !== null)
      return await settleDropped(store, delivery, { code: 'REPORT_OUTDATED', said: delivery.dropped })
    const lost = new AbortController()
    const holding = setInterval(() => {
      renewClaim(store, delivery, claimMs).then(
        (isOurs) => isOurs || lost.abort(),
        // The database is away: it is ours until the claim ends.
        () => undefined,
      )
    }, claimMs / 3)
    try {
      await deliver(deps, delivery, AbortSignal.any([aborting.signal, lost.signal]))
    } catch (thrown) {
      return await refused(delivery, asFault(thrown))
    } finally {
      clearInterval(holding)
    }
    await settleSent(store, delivery)
  }

  const stops = NOTIFICATION_CHANNELS.map((channel) => startChannel(channel))

  function startChannel(channel: NotificationChannel): () => Promise<void> {
    let again = false
    let running: Promise<void> | null = null
    const work = async () => {
      while (again && !closing.signal.aborted) {
        again = false
        try {
          for (let delivery; !closing.signal.aborted && (delivery = await claimDelivery(store, channel, claimMs));)
            await send(delivery)
        } catch (thrown) {
          // The database is away: what was claimed is claimed again, later.
          log.warn('the outbox could not be read or written', { channel, said: asFault(thrown).message })
        }
      }
      running = null
    }
    const poke = () => {
      again = true
      if (!closing.signal.aborted) running ??= work()
    }
    const off = listener.on('reports', poke)
    const timer = setInterval(poke, pollMs)
    poke()
    return async () => {
      off()
      clearInterval(timer)
      await running
    }
  }

  return {
    async [Symbol.asyncDispose]() {
      closing.abort()
      const timer = setTimeout(() => aborting.abort(), CLOSE_MS)
      await Promise.all(stops.map((stop) => stop()))
      clearTimeout(timer)
    },
  }
}
