import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'

export interface RelayOptions {
  readonly host?: string
  readonly port: number
  /** How long every byte travels each way; default 20. */
  readonly delayMs?: number
}

export interface Relay extends AsyncDisposable {
  readonly host: '127.0.0.1'
  readonly port: number
  /**
   * Times that the client spoke again after it had heard something, over all connections: the round trips that a serial
   * protocol has to pay. Pipelined commands count once.
   */
  roundTrips(): number
  bytesToServer(): number
  bytesToClient(): number
  /** How many connections have been made. */
  connections(): number
  /** Starts counting anew. */
  reset(): void
  /** Breaks every connection now (RST on both sides); new ones are accepted. */
  cut(): void
  /** Lets nothing pass, as a dead network does, until `thaw`; connections stay open. */
  freeze(): void
  thaw(): void
  /** Called with each chunk that a client sent, before it travels; `true` cuts all connections in its place. */
  onClientBytes: ((chunk: Buffer, totalBytes: number) => boolean) | null
  /** Called when a client connects, before anything passes. */
  onConnection: (() => void) | null
}

interface Parcel {
  readonly dueAt: number
  /** null: the end of the stream. */
  readonly chunk: Buffer | null
}

/** A TCP relay on loopback that delays every byte by the same time in each direction, keeps order and has no other limit. */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const delayMs = options.delayMs ?? 20
  const pairs = new Set<readonly [Socket, Socket]>()
  const wakes = new Set<() => void>()
  const counts = { roundTrips: 0, toServer: 0, toClient: 0, connections: 0 }
  let frozen = false
  let hook: Relay['onClientBytes'] = null
  let greet: Relay['onConnection'] = null

  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy()
  }

  const carry = (from: Socket, to: Socket, seen: (chunk: Buffer) => boolean) => {
    const road: Parcel[] = []
    let timer: NodeJS.Timeout | null = null
    const deliver = () => {
      timer = null
      if (frozen) return
      while (!to.destroyed && (road[0]?.dueAt ?? Infinity) <= performance.now()) {
        const chunk = road.shift()?.chunk ?? null
        if (chunk === null) to.end()
        else to.write(chunk)
      }
      // Nobody is there to deliver to: without this the timer below would spin for ever.
      if (to.destroyed) road.length = 0
      const next = road[0]
      // A timer may fire up to a millisecond early, and would then spin.
      if (next !== undefined && !frozen)
        timer = setTimeout(deliver, Math.max(1, Math.ceil(next.dueAt - performance.now())))
      // What does not leave has to be kept somewhere: beyond 64 MB the sender waits.
      if (to.writableLength > 64e6) {
        from.pause()
        to.once('drain', () => from.resume())
      }
    }
    const send = (chunk: Buffer | null) => {
      road.push({ dueAt: performance.now() + delayMs, chunk })
      if (timer === null && !frozen) timer = setTimeout(deliver, delayMs)
    }
    from.on('data', (chunk: Buffer) => {
      if (seen(chunk)) send(chunk)
    })
    from.on('end', () => send(null))
    wakes.add(deliver)
    to.on('close', () => wakes.delete(deliver))
  }

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const upstream = connect({
      host: options.host ?? '127.0.0.1',
      port: options.port,
      allowHalfOpen: true,
      noDelay: true,
    })
    const pair = [client, upstream] as const
    pairs.add(pair)
    counts.connections++
    greet?.()
    let heard = true
    carry(client, upstream, (chunk) => {
      counts.toServer += chunk.length
      if (heard) counts.roundTrips++
      heard = false
      if (hook?.(chunk, counts.toServer) !== true) return true
      cut()
      return false
    })
    carry(upstream, client, (chunk) => {
      counts.toClient += chunk.length
      heard = true
      return true
    })
    for (const [one, other] of [pair, [upstream, client] as const]) {
      one.on('error', () => other.destroy())
      one.on('close', () => {
        pairs.delete(pair)
        // What is on its way still arrives, but nobody is left to speak to after it.
        setTimeout(() => other.destroy(), frozen ? 0 : delayMs + 1_000).unref()
      })
    }
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(address !== null && typeof address === 'object' ? address.port : 0)
    })
  })
  return {
    host: '127.0.0.1',
    port,
    roundTrips: () => counts.roundTrips,
    bytesToServer: () => counts.toServer,
    bytesToClient: () => counts.toClient,
    connections: () => counts.connections,
    reset: () => {
      Object.assign(counts, { roundTrips: 0, toServer: 0, toClient: 0, connections: 0 })
    },
    cut,
    freeze: () => {
      frozen = true
    },
    thaw: () => {
      frozen = false
      for (const wake of wakes) wake()
    },
    get onConnection() {
      return greet
    },
    set onConnection(wanted) {
      greet = wanted
    },
    get onClientBytes() {
      return hook
    },
    set onClientBytes(wanted) {
      hook = wanted
    },
    async [Symbol.asyncDispose]() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
