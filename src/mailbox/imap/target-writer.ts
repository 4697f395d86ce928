/** One connection that appends. */
import { append, type AppendFolder } from '#imap/append.ts'
import type { Lane } from '#imap/lane.ts'
import type { Gate, Outcome, Outgoing, TargetFolder, TargetWriter } from '#engine/ports.ts'
import { formatInternalDate } from '#mail/dates.ts'
import { flagAtoms } from '#mail/flags.ts'

export class ImapWriter implements TargetWriter {
  readonly #lane: Lane
  readonly #accepted: Set<string>

  /** @param accepted shared by all connections to a target: what its APPEND lines have held so far */
  constructor(lane: Lane, accepted: Set<string>) {
    this.#lane = lane
    this.#accepted = accepted
  }

  get alive(): boolean {
    return this.#lane.alive
  }

  async append(
    folder: TargetFolder,
    group: readonly Outgoing[],
    gate: Gate,
    flushed: (bytes: number) => void,
  ): Promise<Outcome[]> {
    const to: AppendFolder = {
      raw: folder.raw,
      validity: folder.status?.validity ?? 0,
      uidNext: folder.status?.uidNext ?? 1,
      accepted: this.#accepted,
    }
    const messages = group.map((message) => ({
      flags: flagAtoms(message.flags),
      date: formatInternalDate(message.dateS),
      bytes: message.bytes,
      body: message.body,
    }))
    const outcomes = await append(this.#lane, to, messages, gate, flushed)
    return outcomes.map((outcome) => (outcome.kind === 'landed' ? { kind: 'landed', key: outcome.uid } : outcome))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#lane.close()
  }
}
