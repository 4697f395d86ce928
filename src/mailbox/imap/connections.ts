/** The connections of one mailbox. Closing it closes them all, and waits for none that is still logging in. */
import { Fault } from '#base/fault.ts'
import type { Lane } from '#imap/lane.ts'
import type { ImapOptions } from './options.ts'
import { connect } from './session.ts'

export class Connections {
  readonly #options: ImapOptions
  readonly #lanes = new Set<Lane>()
  readonly #closed = Promise.withResolvers<never>()
  #isClosed = false

  constructor(options: ImapOptions, first: Lane) {
    this.#options = options
    this.#lanes.add(first)
    this.#closed.promise.catch(() => undefined)
  }

  async connect(): Promise<Lane> {
    const opening = connect(this.#options).then((lane) => {
      if (this.#isClosed) void lane.close()
      for (const old of this.#lanes) if (old.fault) this.#lanes.delete(old)
      this.#lanes.add(lane)
      return lane
    })
    return await Promise.race([this.#closed.promise, opening])
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#closed.reject(closedMeanwhile(this.#options))
    await Promise.all([...this.#lanes].map((lane) => lane.close()))
  }
}

const closedMeanwhile = ({ host, port }: ImapOptions) =>
  new Fault({
    code: 'STOPPED',
    scope: 'mailbox',
    transient: true,
    message: `The mailbox at ${host}:${port} was closed while a connection to it was being made.`,
    remedy: 'Start it again; it goes on where it was.',
  })
