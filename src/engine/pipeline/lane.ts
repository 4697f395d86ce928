/**
 * A lane: one source connection and one target connection that carry groups together. While one group is on its
 * way to the target the next is read; groups of several lanes may go into one folder.
 */
import { disposeQuietly } from '#base/dispose.ts'
import { type Fault, asFault } from '#base/fault.ts'
import { Turnstile } from '#base/turnstile.ts'
import { crashPoint } from '#base/crash-point.ts'
import { Room } from '#base/room.ts'
import { runsOf } from '#base/uid-set.ts'
import type { FolderWork, GroupPlan } from '../pass/folder-work.ts'
import type { Pass } from '../pass/pass.ts'
import type { FetchedMessage, Intent, Outcome, Outgoing, Skipped, SourceReader, TargetWriter } from '../ports.ts'
import { nameFor } from '../recover/recover-folder.ts'
import { halves } from '../plan/make-groups.ts'
import { type Held, readGroup } from './read-group.ts'
import { type Sent, settleGroup } from './settle-group.ts'
import { carryStream } from './carry-stream.ts'

/** What a streamed message costs in the budget: the socket buffers of both sides. */
const STREAM_BYTES = 1_048_576

/** A network that fails by chance does not fail so often over one message. */
const MOST_BREAKS = 5

interface Started {
  readonly plan: GroupPlan
  readonly messages: Promise<AsyncIterable<FetchedMessage>>
  /** Where the bodies of a group that is held go. */
  readonly room: Room
}

export class Lane {
  readonly pass: Pass
  readonly #depth: Turnstile
  #reader: SourceReader | null = null
  #writer: Promise<TargetWriter> | null = null
  #open: FolderWork | null = null
  readonly #underWay = new Set<Promise<void>>()
  /** The first fault of a group that was under way; the lane starts afresh after it. */
  #fault: Fault | null = null

  constructor(pass: Pass) {
    this.pass = pass
    this.#depth = new Turnstile(pass.options.depth)
  }

  async reader(): Promise<SourceReader> {
    return (this.#reader ??= await this.pass.ports.source.reader())
  }

  /** The source connection with this folder open on it. */
  async readerOn(work: FolderWork): Promise<SourceReader> {
    const reader = await this.reader()
    if (this.#open !== work) {
      this.#open = null
      await reader.open(work.source)
      this.#open = work
    }
    return reader
  }

  /** The folder that is open on the source connection. */
  get folder(): FolderWork | null {
    return this.#open
  }

  opened(work: FolderWork): void {
    this.#open = work
  }

  /** The target connection; one that died is replaced. */
  async writer(): Promise<TargetWriter> {
    const writer = await (this.#writer ??= this.pass.ports.target.writer())
    if (writer.alive) return writer
    if ((await this.#writer) === writer) {
      this.#writer = null
      await disposeQuietly(writer)
    }
    return this.writer()
  }

  /** Carries the groups; those that were not sent are back in the folder's queue when it throws or stops early. */
  async carry(work: FolderWork, plans: readonly GroupPlan[]): Promise<void> {
    let waiting = [...plans]
    let ahead: Started | null = null
    try {
      for (const plan of plans) {
        if (await this.#givenUp(work, plan)) waiting = waiting.filter((one) => one !== plan)
      }
      const reader = await this.readerOn(work)
      const begin = () => {
        if (waiting.length === 0 || this.pass.stopping || this.#fault || work.trouble) return null
        return this.#begin(reader, waiting.shift()!)
      }
      for (ahead = begin(); ahead;) {
        const current: Started = ahead
        const messages = await current.messages
        ahead = begin()
        await this.#carryOne(work, current, messages)
      }
    } finally {
      if (ahead) {
        const { plan, messages, room } = ahead
        room.close()
        await messages.then(
          () => this.#giveBack(plan),
          () => {},
        )
        waiting.unshift(plan)
      }
      if (!work.trouble) work.queue.push(...waiting)
    }
    if (this.#fault) throw this.#fault
  }

  /** Takes the group's place and memory, then asks the source for it; nobody waits here for another's body. */
  #begin(reader: SourceReader, plan: GroupPlan): Started {
    const room = new Room(plan.streamed ? 'stream' : plan.bytes)
    const messages = this.#depth.take(1, this.pass.signal).then(async () => {
      try {
        await this.pass.ports.hold.over(this.pass.stopSignal)
        await this.pass.ports.budget.take(plan.streamed ? STREAM_BYTES : plan.bytes, this.pass.signal)
      } catch (aborted) {
        this.#depth.give(1)
        throw aborted
      }
      return reader.fetch(runsOf(plan.uids), room)
    })
    messages.catch(() => {})
    return { plan, messages, room }
  }

  #giveBack(plan: GroupPlan): void {
    this.pass.ports.budget.give(plan.streamed ? STREAM_BYTES : plan.bytes)
    this.#depth.give(1)
  }

  async #carryOne(work: FolderWork, { plan, room }: Started, messages: AsyncIterable<FetchedMessage>): Promise<void> {
    if (plan.streamed) {
      let sent = false
      try {
        await carryStream(this, work, plan, room, messages, (promise) => {
          sent = true
          this.#track(work, promise)
        })
      } catch (thrown) {
        const again = this.#unread(work, plan, thrown)
        if (!sent) work.queue.push(...again)
        throw thrown
      } finally {
        this.#giveBack(plan)
      }
      return
    }
    const { budget } = this.pass.ports
    let read
    try {
      read = await readGroup(this.pass, work, plan, messages)
    } catch (thrown) {
      room.close()
      this.#giveBack(plan)
      work.queue.push(...this.#unread(work, plan, thrown))
      throw thrown
    }
    work.vanished.push(...read.vanished)
    work.queue.push(...read.oversize)
    await this.skip(work, read.skipped)
    const heldBytes = read.held.reduce((sum, { bytes }) => sum + bytes, 0)
    budget.give(plan.bytes + read.extraBytes - heldBytes)
    if (read.held.length === 0) {
      room.close()
      this.#depth.give(1)
      return
    }
    this.#track(
      work,
      this.#send(work, read.held, room, read.inOrder).finally(() => this.#depth.give(1)),
    )
  }

  /** The source broke off while these were read. Smaller groups find the message that it cannot give. */
  #unread(work: FolderWork, plan: GroupPlan, thrown: unknown): GroupPlan[] {
    const { transient, waitMs } = asFault(thrown)
    if (!transient || waitMs !== null || this.pass.stopping) return [plan]
    const [uid] = plan.uids
    if (plan.uids.length === 1) work.brokeOff.set(uid!, (work.brokeOff.get(uid!) ?? 0) + 1)
    return halves(plan)
  }

  /** What broke the connection again and again is listed as missing, so that the others arrive (transfer-engine.md §3.11). */
  async #givenUp(work: FolderWork, { uids, bytes }: GroupPlan): Promise<boolean> {
    const uid = uids[0]!
    if (uids.length > 1 || (work.brokeOff.get(uid) ?? 0) < MOST_BREAKS) return false
    const reason = `the source broke off ${MOST_BREAKS} times while it was read`
    const item = { folder: work.record.id, uid, kind: 'missing', bytes, dateS: null, subject: '', reason, again: true }
    await this.skip(work, [item as Skipped])
    work.brokeOff.delete(uid)
    this.pass.gotOn()
    return true
  }

  /** Records skips; their subjects follow when the source connection is idle. */
  async skip(work: FolderWork, items: readonly Skipped[]): Promise<void> {
    if (items.length === 0) return
    await this.pass.ports.ledger.skip(items)
    work.skipped.push(...items)
    this.pass.countSkips(items)
  }

  #track(work: FolderWork, promise: Promise<void>): void {
    work.inFlight++
    const settled = promise
      .catch((thrown: unknown) => {
        const fault = asFault(thrown)
        if (fault.scope === 'folder' && !fault.transient) {
          // Of this folder alone: the lane may be at work on another by now.
          work.giveUp(fault)
          this.pass.ports.events.note(fault.message)
          return
        }
        this.#fault ??= fault
        // At once: the other lanes must not go on while this one lands what is under way.
        this.pass.holdFor(fault)
        // What ends the user ends it under its own name, before another lane sees only what it has left undone.
        if (!fault.transient && fault.scope !== 'folder' && fault.scope !== 'item') this.pass.fail(fault)
      })
      .finally(() => {
        work.inFlight--
        this.#underWay.delete(settled)
        work.changed()
      })
    this.#underWay.add(settled)
  }

  /** Intend, send, land: the order is the design (transfer-engine.md §3). */
  async #send(work: FolderWork, held: readonly Held[], room: Room, inOrder: boolean): Promise<void> {
    const { budget } = this.pass.ports
    let unflushed = held.reduce((sum, { bytes }) => sum + bytes, 0)
    let begun = false
    try {
      const intent = this.intentOf(work, held)
      crashPoint('intend.before')
      await this.pass.ports.ledger.intend(intent)
      crashPoint('intend.after')
      begun = true
      const outcomes = await this.append(
        work,
        held.map((message) => this.outgoing(work, message, message.body)),
        (bytes) => {
          unflushed -= bytes
          if (inOrder) room.passed(bytes)
          budget.give(bytes)
        },
      )
      if (unflushed === 0) room.close()
      await settleGroup(this.pass, work, intent, held, outcomes)
    } finally {
      if (begun) room.abandon()
      else room.close()
      budget.give(unflushed)
    }
  }

  intentOf(work: FolderWork, messages: Intent['messages']): Intent {
    return {
      id: crypto.randomUUID(),
      folder: work.record.id,
      targetValidity: work.record.targetValidity ?? 0,
      probeFrom: work.probeFrom,
      messages: messages.map(({ uid, bytes, dateS, flags, digest }) => ({ uid, bytes, dateS, flags, digest })),
    }
  }

  outgoing(work: FolderWork, message: Omit<Sent, 'digest'>, body: Outgoing['body']): Outgoing {
    const name = this.pass.ports.target.traits.named ? nameFor(this.pass, work, message.uid) : ''
    return { uid: message.uid, name, bytes: message.bytes, dateS: message.dateS, flags: message.flags, body }
  }

  /** Sends a group whose intent is durable. */
  async append(work: FolderWork, group: readonly Outgoing[], flushed: (bytes: number) => void): Promise<Outcome[]> {
    const { lease } = this.pass.ports.ledger
    let writer: TargetWriter
    try {
      writer = await this.writer()
    } catch (thrown) {
      // The intent is open already: whoever only threw here would leave its messages out of this pass.
      const cause = asFault(thrown)
      return group.map(() => ({ kind: 'unsent', cause }))
    }
    this.pass.sentFirstByte()
    const gate = () => {
      crashPoint('append.last-byte')
      return !this.pass.signal.aborted && lease.holds()
    }
    const outcomes = await writer.append(work.target, group, gate, (bytes) => {
      crashPoint('append.inside')
      flushed(bytes)
    })
    crashPoint('append.answered')
    return outcomes
  }

  /** Waits for what is under way; answers the first fault that a group met. */
  async drain(): Promise<Fault | null> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
    const fault = this.#fault
    this.#fault = null
    return fault
  }

  async close(): Promise<void> {
    const [reader, writer] = [this.#reader, await this.#writer?.catch(() => null)]
    this.#reader = null
    this.#writer = null
    this.#open = null
    await Promise.all([disposeQuietly(reader), disposeQuietly(writer)])
  }
}
