/** A large message goes through without being held: read, digested and sent at once. */
import { createHash } from 'node:crypto'
import { crashPoint } from '#base/crash-point.ts'
import type { Room } from '#base/room.ts'
import { DELETED, fitFlags } from '#mail/flags.ts'
import type { FolderWork, GroupPlan } from '../pass/folder-work.ts'
import type { FetchedMessage } from '../ports.ts'
import type { Lane } from './lane.ts'
import { drain, shortLiteral, skip, tooLarge } from './read-group.ts'
import { type Sent, settleGroup } from './settle-group.ts'

/**
 * Resolves when the source's side is done; the target's answer is awaited by the promise given to `track`.
 * The intent has no digest: whoever looks for the copy reads it anew from the source.
 */
export async function carryStream(
  lane: Lane,
  work: FolderWork,
  plan: GroupPlan,
  room: Room,
  messages: AsyncIterable<FetchedMessage>,
  track: (promise: Promise<void>) => void,
): Promise<void> {
  const { pass } = lane
  let seen = false
  let sent = false
  for await (const message of messages) {
    if (message.uid !== plan.uids[0] || seen) {
      await drain(message, room)
      continue
    }
    seen = true
    const why =
      message.flags.system & DELETED
        ? skip(work, message, 'deleted', 'marked \\Deleted', true)
        : message.body === null || message.bytes === 0
          ? skip(work, message, 'missing', 'the source answered an empty body', true)
          : message.bytes > pass.mostMessageBytes
            ? tooLarge(pass, work, message)
            : null
    if (why) {
      await drain(message, room)
      await lane.skip(work, [why])
      continue
    }
    const { kept, lost } = fitFlags(message.flags, work.permanent)
    const known = { uid: message.uid, bytes: message.bytes, dateS: message.dateS, flags: kept, digest: null }
    const intent = lane.intentOf(work, [known])
    crashPoint('intend.before')
    await pass.ports.ledger.intend(intent)
    crashPoint('intend.after')
    const passing = passThrough(work, message)
    sent = true
    let unflushed = message.bytes
    const sending = lane
      .append(work, [lane.outgoing(work, { ...known, lostFlags: lost }, passing.body)], (bytes) => {
        unflushed -= bytes
        room.passed(bytes)
      })
      .finally(() => {
        if (unflushed === 0) room.close()
        else room.abandon()
      })
      .then((outcomes) => {
        const carried: Sent = {
          ...known,
          digest: passing.digest(),
          lostFlags: [...message.lostFlags, ...lost],
        }
        return settleGroup(pass, work, intent, [carried], outcomes)
      })
    track(sending)
    // The source's literal ends before the target has answered; a writer that dies early stops reading it.
    await Promise.race([passing.done, sending.catch(() => {})])
    await passing.release()
  }
  if (!sent) room.close()
  if (!seen) work.vanished.push(plan.uids[0]!)
}

function passThrough(work: FolderWork, message: FetchedMessage) {
  const hash = createHash('sha256')
  let got = 0
  let end = () => {}
  let final: Buffer | null = null
  let reading = false
  const done = new Promise<void>((resolve) => (end = resolve))
  const iterator = message.body![Symbol.asyncIterator]()
  async function* body(): AsyncGenerator<Buffer> {
    reading = true
    try {
      for (let step = await iterator.next(); !step.done; step = await iterator.next()) {
        const chunk = step.value
        hash.update(chunk)
        got += chunk.length
        yield chunk
      }
      if (got !== message.bytes) throw shortLiteral(work, message.uid, message.bytes, got)
    } finally {
      reading = false
      end()
    }
  }
  return {
    body: body(),
    done,
    digest: () => (final ??= hash.digest()),
    /** Reads what is left of the literal, so that the connection stays in step. */
    async release(): Promise<void> {
      if (reading) return
      for (let step = await iterator.next(); !step.done; step = await iterator.next()) void step.value
    },
  }
}
