/** Reads the bodies of a group into memory, digesting while they pass; not a byte is changed. */
import { createHash, hash } from 'node:crypto'
import { Fault } from '#base/fault.ts'
import { type Room, Stored } from '#base/room.ts'
import { DELETED, fitFlags } from '#mail/flags.ts'
import type { FolderWork, GroupPlan } from '../pass/folder-work.ts'
import type { Pass } from '../pass/pass.ts'
import type { FetchedMessage, Skipped } from '../ports.ts'
import type { Sent } from './settle-group.ts'

/** A buffered message, ready to be intended and sent. */
export interface Held extends Sent {
  readonly body: readonly Buffer[]
}

export interface GroupRead {
  readonly held: readonly Held[]
  readonly skipped: readonly Skipped[]
  /** Too large for the group they were planned in, for the server had lied about their size. */
  readonly oversize: readonly GroupPlan[]
  /** Bytes taken from the budget beyond the plan. */
  readonly extraBytes: number
  /** UIDs that the source no longer has. */
  readonly vanished: readonly number[]
  /** False: the bodies do not stand in the room in the order of `held`. */
  readonly inOrder: boolean
}

export async function readGroup(
  pass: Pass,
  work: FolderWork,
  plan: GroupPlan,
  messages: AsyncIterable<FetchedMessage>,
): Promise<GroupRead> {
  const wanted = new Set(plan.uids)
  const held: Held[] = []
  const skipped: Skipped[] = []
  const oversize: GroupPlan[] = []
  let bytes = 0
  let extraBytes = 0
  let inOrder = true
  for await (const message of messages) {
    // Servers may send FETCH answers that nobody asked for, or one twice.
    if (!wanted.delete(message.uid)) {
      await drain(message)
      continue
    }
    if (message.flags.system & DELETED) {
      await drain(message)
      skipped.push(skip(work, message, 'deleted', 'marked \\Deleted', true))
      continue
    }
    if (message.body === null || message.bytes === 0) {
      await drain(message)
      const reason = message.body === null ? 'the source answered NIL for its body' : 'the source answered 0 bytes'
      skipped.push(skip(work, message, 'missing', reason, true))
      continue
    }
    if (message.bytes > pass.mostMessageBytes) {
      await drain(message)
      skipped.push(tooLarge(pass, work, message))
      continue
    }
    if (message.bytes > pass.options.groupBytes) {
      await drain(message)
      oversize.push({ uids: [message.uid], bytes: message.bytes, streamed: true })
      continue
    }
    if (bytes + message.bytes > plan.bytes + extraBytes) {
      const more = bytes + message.bytes - plan.bytes - extraBytes
      pass.ports.budget.force(more)
      extraBytes += more
    }
    bytes += message.bytes
    inOrder &&= message.body instanceof Stored && message.uid > (held.at(-1)?.uid ?? 0)
    held.push(await hold(work, message, message.body))
  }
  held.sort((a, b) => a.uid - b.uid)
  return { held, skipped, oversize, extraBytes, vanished: [...wanted], inOrder }
}

async function hold(work: FolderWork, message: FetchedMessage, body: AsyncIterable<Buffer>): Promise<Held> {
  const chunks = body instanceof Stored ? body.views : await Array.fromAsync(body)
  const got = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  if (got !== message.bytes) throw shortLiteral(work, message.uid, message.bytes, got)
  const { kept, lost } = fitFlags(message.flags, work.permanent)
  return {
    uid: message.uid,
    bytes: message.bytes,
    dateS: message.dateS,
    flags: kept,
    lostFlags: [...message.lostFlags, ...lost],
    digest: digestOf(chunks),
    body: chunks,
  }
}

function digestOf(chunks: readonly Buffer[]): Buffer {
  // Most mail stands in one piece: one call then, in place of an object and three.
  if (chunks.length === 1) return hash('sha256', chunks[0]!, 'buffer')
  const digest = createHash('sha256')
  for (const chunk of chunks) digest.update(chunk)
  return digest.digest()
}

export function shortLiteral(work: FolderWork, uid: number, announced: number, got: number): Fault {
  return new Fault({
    code: 'SOURCE_LITERAL_LENGTH',
    scope: 'item',
    transient: true,
    message: `Folder ${work.sourcePlace}, UID ${uid}: the source announced ${announced} bytes and sent ${got}.`,
    facts: { folder: work.sourcePlace, uid, announced, got },
  })
}

export function tooLarge(
  pass: Pass,
  work: FolderWork,
  message: { uid: number; bytes: number; dateS: number },
): Skipped {
  const most = pass.mostMessageBytes
  const whose =
    most < pass.options.maxMessageBytes ? "the target's own, APPENDLIMIT" : 'the size that messages may have'
  return skip(work, message, 'large', `${message.bytes} bytes are more than the limit of ${most} (${whose})`, true)
}

export function skip(
  work: FolderWork,
  message: { uid: number; bytes: number; dateS: number },
  kind: Skipped['kind'],
  reason: string,
  again: boolean,
): Skipped {
  return {
    folder: work.record.id,
    uid: message.uid,
    kind,
    bytes: message.bytes,
    dateS: message.dateS,
    subject: '',
    reason,
    again,
  }
}

/** Reads past a message that is not carried. */
export async function drain(message: FetchedMessage, room?: Room): Promise<void> {
  if (message.body === null) return
  for await (const chunk of message.body) room?.passed(chunk.length)
}
