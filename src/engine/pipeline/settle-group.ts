/** What an APPEND's answers mean for the ledger: one commit closes the intent (transfer-engine.md §3.5 to 3.9). */
import { crashPoint } from '#base/crash-point.ts'
import { Fault } from '#base/fault.ts'
import type { FolderWork, GroupPlan } from '../pass/folder-work.ts'
import type { Pass } from '../pass/pass.ts'
import type { Intended, Intent, Landed, Outcome, Skipped } from '../ports.ts'

/** A message that was sent: the intent's line, its digest now known for certain. */
export interface Sent extends Intended {
  readonly digest: Buffer
  readonly lostFlags: readonly string[]
}

/** NO with one of these may concern the message itself (transfer-engine.md §3.9); RFC 5530, RFC 7889, RFC 3516. */
const ITEM_CODES = new Set(['', 'BAD', 'TOOBIG', 'CANNOT', 'CLIENTBUG', 'PARSE', 'LARGE', 'UNKNOWN-CTE'])

const MOST_EQUAL_REFUSALS = 20
const MOST_FUTURE = 1000

/**
 * Commits what became of a group and queues again what has to be sent once more. Throws the fault that the
 * connection, the folder or the mailbox met, after everything that is known has been committed.
 */
export async function settleGroup(
  pass: Pass,
  work: FolderWork,
  intent: Intent,
  sent: readonly Sent[],
  outcomes: readonly Outcome[],
): Promise<void> {
  const landed: Landed[] = []
  const skipped: Skipped[] = []
  const doubtful: Intended[] = []
  const resent: Intended[] = []
  const retry: Intended[] = []
  let trouble: Fault | null = null

  for (const [index, message] of sent.entries()) {
    const outcome = outcomes[index]!
    switch (outcome.kind) {
      case 'landed':
        if (outcome.key === null) work.keyless = true
        else if (typeof outcome.key === 'number' && !work.claims.claim(outcome.key)) work.liedAboutKeys = true
        landed.push(landedAs(message, outcome.key, outcome.lostFlags ?? []))
        break
      case 'unknown':
        doubtful.push(message)
        if (outcome.cause.code === 'APPEND_BAD') {
          const among = pass.ports.target.traits.groups ? sent.length : 1
          work.confused.set(message.uid, { among, said: String(outcome.cause.facts['said']) })
        } else trouble ??= outcome.cause
        break
      case 'unsent':
        retry.push(message)
        trouble ??= outcome.cause
        break
      case 'refused':
        if (!ITEM_CODES.has(outcome.code)) {
          trouble ??= refusedFault(work, outcome.code, outcome.text)
          // Over quota, too: a folder with nothing left to send would get its mark, and the mail would never be looked at again.
          retry.push(message)
        } else if (sent.length > 1 && pass.ports.target.traits.groups) {
          // By the server's word nothing of the group is stored. The audit looks for it all the same.
          resent.push(message)
        } else {
          if (outcome.code === 'BAD') pass.notUnderstood = outcome.text
          skipped.push(refusedItem(work, message, outcome.code, outcome.text))
        }
        break
    }
  }

  if (doubtful.length === sent.length) {
    work.doubt.push(intent)
  } else {
    const reopened = doubtful.length > 0 ? [{ ...intent, id: crypto.randomUUID(), messages: doubtful }] : []
    crashPoint('land.before')
    await pass.ports.ledger.close({ intent: intent.id, landed, reopened, skipped, resent })
    crashPoint('land.after')
    work.doubt.push(...reopened)
    work.resent.push(...resent)
  }
  if (retry.length > 0) work.retry.push(planOf(retry))
  if (resent.length > 0) {
    const middle = resent.length >> 1
    work.retry.push(planOf(resent.slice(0, middle)), planOf(resent.slice(middle)))
  }
  if (landed.length > 0) countLanded(pass, work, landed)
  // Their subjects are read from the source when the folder is finished.
  work.skipped.push(...skipped)
  pass.countSkips(skipped)
  if (skipped.length > 0) refusedInRow(work, outcomes)
  else if (landed.length > 0) work.refusals = { words: '', count: 0 }
  if (trouble) throw trouble
}

const planOf = (messages: readonly Intended[]): GroupPlan => ({
  uids: messages.map(({ uid }) => uid),
  bytes: messages.reduce((sum, { bytes }) => sum + bytes, 0),
  streamed: messages.length === 1 && messages[0]!.digest === null,
})

function countLanded(pass: Pass, work: FolderWork, landed: readonly Landed[]): void {
  let bytes = 0
  const now = pass.ports.clock.now()
  for (const message of landed) {
    bytes += message.bytes
    if (message.dateS * 1000 > now && work.future.length < MOST_FUTURE) work.future.push(message)
    if (message.lostFlags.length > 0) pass.countLostFlags(message.lostFlags)
  }
  pass.report.carried += landed.length
  pass.report.carriedBytes += bytes
  work.report.carried += landed.length
  work.report.landed += landed.length
  pass.landedNow(landed.length, bytes)
}

export const answeredBad = (said: string) => `the target does not understand the command that stores it: BAD ${said}`

function refusedItem(work: FolderWork, message: Sent, code: string, text: string): Skipped {
  return {
    folder: work.record.id,
    uid: message.uid,
    kind: code === 'TOOBIG' ? 'large' : 'bad',
    bytes: message.bytes,
    dateS: message.dateS,
    subject: '',
    reason: code === 'BAD' ? answeredBad(text) : `the target refused it: ${code ? `[${code}] ` : ''}${text}`,
    // BAD blames the command, not the message: another pass may be understood.
    again: code === 'BAD',
  }
}

/** The flags that stand on the target are what was last written; what did not fit is told, not remembered as there. */
function landedAs(message: Sent, key: Landed['key'], unfit: readonly string[]): Landed {
  const lost = new Set(unfit.map((flag) => flag.toLowerCase()))
  const keywords = message.flags.keywords.filter((keyword) => !lost.has(keyword.toLowerCase()))
  const flags = lost.size === 0 ? message.flags : { system: message.flags.system, keywords }
  return { ...message, key, origin: 'sent', flags, lostFlags: [...message.lostFlags, ...unfit] }
}

/** A folder that refuses everything with the same words is at fault itself; its items are not all bad. */
function refusedInRow(work: FolderWork, outcomes: readonly Outcome[]): void {
  for (const outcome of outcomes) {
    if (outcome.kind !== 'refused') continue
    const same = work.refusals.words === outcome.text
    work.refusals = { words: outcome.text, count: same ? work.refusals.count + 1 : 1 }
  }
  if (work.refusals.count < MOST_EQUAL_REFUSALS) return
  throw new Fault({
    code: 'TARGET_REFUSES_FOLDER',
    scope: 'folder',
    transient: false,
    message: `Folder ${work.place}: the target refused ${MOST_EQUAL_REFUSALS} messages in a row with the same words: ${work.refusals.words}`,
    remedy: 'Find out why the target refuses mail in this folder, then start it again.',
    facts: { folder: work.place },
  })
}

function refusedFault(work: FolderWork, code: string, text: string): Fault {
  const folder = work.place
  const said = `the target answered [${code}] ${text.replace(/[.\s]+$/, '')}`
  const facts = { folder, code }
  switch (code) {
    case 'OVERQUOTA':
      return new Fault({
        code: 'TARGET_OVER_QUOTA',
        scope: 'mailbox',
        transient: false,
        message: `Over quota on the target, folder ${folder}: ${said}.`,
        remedy: 'Raise the quota of this mailbox on the target, then start it again; it goes on where it stopped.',
        facts,
      })
    case 'DISKFULL':
      return new Fault({
        code: 'TARGET_DISK_FULL',
        scope: 'endpoint',
        transient: false,
        message: `The disk of the target is full, folder ${folder}: ${text}`,
        remedy: 'Make room on the target, then start it again; it goes on where it stopped.',
        facts,
      })
    case 'NOPERM':
    case 'TRYCREATE':
    case 'NONEXISTENT':
      return new Fault({
        code: code === 'NOPERM' ? 'TARGET_NO_PERMISSION' : 'TARGET_FOLDER_GONE',
        scope: 'folder',
        transient: false,
        message: `Folder ${folder} of the target takes no mail: ${said}.`,
        remedy: 'Give the target log-in the right to insert there, or create the folder, then start it again.',
        facts,
      })
    default:
      // [LIMIT], [INUSE], [UNAVAILABLE], [SERVERBUG] and codes that no RFC knows: the target, not the message.
      return new Fault({
        code: 'TARGET_BUSY',
        scope: 'endpoint',
        transient: true,
        message: `The target takes no mail for folder ${folder} just now: ${said}.`,
        remedy:
          "Look into the target's log for the reason (a full disk shows itself like this, too), then start it again; it goes on where it stopped.",
        facts,
      })
  }
}
