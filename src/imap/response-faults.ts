/**
 * What a refusal means, as one table: a new quirk of a server is a line here and one in its test, never an `if`
 * elsewhere (transfer-engine.md §8). The first line that fits counts.
 */
import { Fault, type FaultScope } from '#base/fault.ts'
import type { Peer } from './peer.ts'

/** A tagged NO or BAD, or an untagged BYE. */
export interface Refusal {
  readonly status: 'NO' | 'BAD' | 'BYE'
  /** Response code without brackets and arguments, upper case; '' when none. */
  readonly code: string
  readonly text: string
}

interface Line {
  /** RFC 9051 §7.1, RFC 5530 response codes. */
  readonly codes?: readonly string[]
  /** Against the server's words, where a server says it only there. */
  readonly text?: RegExp
  readonly fault: string
  readonly scope: FaultScope
  readonly transient: boolean
  /** What is the matter, as the end of "…: ". */
  readonly says: string
  readonly remedy: string
}

const lines: readonly Line[] = [
  {
    // Microsoft 365: `BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds`.
    text: /throttled|Backoff Time/i,
    fault: 'THROTTLED',
    scope: 'endpoint',
    transient: true,
    says: 'the server asks us to slow down',
    remedy: 'Nothing to do: it is tried again after the time that the server names.',
  },
  {
    // Gmail `[OVERQUOTA]`-less daily limits, `[ALERT] Account exceeded command or bandwidth limits`.
    text: /exceeded (?:command or )?bandwidth limit|daily (?:download|upload) limit/i,
    fault: 'THROTTLED',
    scope: 'mailbox',
    transient: true,
    says: 'the account has used up its share of bandwidth',
    remedy: 'Wait until the server gives the account bandwidth again, usually within a day.',
  },
  {
    text: /too many (?:simultaneous |concurrent |open )?(?:imap )?(?:connections|sessions)|maximum number of connections|mail_max_userip_connections|connection limit/i,
    fault: 'TOO_MANY_CONNECTIONS',
    scope: 'endpoint',
    transient: true,
    says: 'the server takes no more connections',
    remedy: 'Move fewer mailboxes at once, or raise the connection limit of the server.',
  },
  {
    // Exchange answers the first command after a failed log-in with BAD.
    text: /User is authenticated but not connected/i,
    fault: 'AUTH_REFUSED',
    scope: 'login',
    transient: false,
    says: 'the log-in was accepted but its mailbox could not be opened',
    remedy: 'Check that the user has a mailbox on this server and that IMAP is switched on for it.',
  },
  {
    codes: ['AUTHENTICATIONFAILED', 'AUTHORIZATIONFAILED'],
    fault: 'AUTH_REFUSED',
    scope: 'login',
    transient: false,
    says: 'the server refused the log-in',
    remedy: 'Check the user name and the password.',
  },
  {
    codes: ['EXPIRED'],
    fault: 'AUTH_EXPIRED',
    scope: 'login',
    transient: false,
    says: 'the password has expired',
    remedy: 'Set a new password on the server and in the CSV file.',
  },
  {
    codes: ['PRIVACYREQUIRED'],
    fault: 'CLEAR_TEXT_REFUSED',
    scope: 'login',
    transient: false,
    says: 'the server wants an encrypted connection',
    remedy: 'Encrypt the connection (TLS or STARTTLS).',
  },
  {
    codes: ['CONTACTADMIN'],
    fault: 'AUTH_REFUSED',
    scope: 'login',
    transient: false,
    says: 'the server refers this user to its administrator',
    remedy: "Ask the server's administrator about this user.",
  },
  {
    codes: ['OVERQUOTA'],
    fault: 'TARGET_OVER_QUOTA',
    scope: 'mailbox',
    transient: false,
    says: 'the mailbox is full',
    remedy: 'Raise the quota of the mailbox or make room in it, then start it again.',
  },
  {
    codes: ['LIMIT', 'INUSE'],
    fault: 'TOO_MANY_CONNECTIONS',
    scope: 'endpoint',
    transient: true,
    says: 'the server is at a limit or the mailbox is in use',
    remedy: 'Move fewer mailboxes at once if it stays so.',
  },
  {
    codes: ['UNAVAILABLE'],
    fault: 'SERVER_UNAVAILABLE',
    scope: 'endpoint',
    transient: true,
    says: 'a part of the server is not available',
    remedy: 'Look at the server if it stays so.',
  },
  {
    codes: ['SERVERBUG', 'CORRUPTION'],
    fault: 'SERVER_BROKEN',
    scope: 'folder',
    transient: true,
    says: 'the server reports an error of its own',
    remedy: "Look into the server's log.",
  },
  {
    codes: ['NOPERM'],
    fault: 'NO_PERMISSION',
    scope: 'folder',
    transient: false,
    says: 'the user may not do this here',
    remedy: 'Give the user the right to this folder on the server, or exclude the folder.',
  },
  {
    codes: ['TRYCREATE', 'NONEXISTENT'],
    fault: 'FOLDER_MISSING',
    scope: 'folder',
    transient: true,
    says: 'there is no such folder',
    remedy: 'Nothing to do: the folder is looked for again in the next pass.',
  },
  {
    codes: ['NOTSAVED', 'EXPUNGEISSUED'],
    fault: 'MESSAGE_GONE',
    scope: 'item',
    transient: true,
    says: 'the message has gone',
    remedy: 'Nothing to do.',
  },
  {
    codes: ['TOOBIG'],
    fault: 'MESSAGE_TOO_BIG',
    scope: 'item',
    transient: false,
    says: 'the message is too large for the server',
    remedy: 'Raise the limit of the server or leave the message out.',
  },
  {
    text: /autologout|inactivity|idle for too long|shutting down|shutdown|restart/i,
    fault: 'NET_CLOSED',
    scope: 'endpoint',
    transient: true,
    says: 'the server closed the connection',
    remedy: 'Nothing to do: it is tried again.',
  },
]

const rest: Record<Refusal['status'], Omit<Line, 'codes' | 'text'>> = {
  NO: {
    fault: 'SERVER_REFUSED',
    scope: 'folder',
    transient: false,
    says: 'the server refused',
    remedy: "Look into the server's log for the reason.",
  },
  BAD: {
    fault: 'SERVER_CONFUSED',
    scope: 'endpoint',
    transient: true,
    says: 'the server did not understand a command',
    remedy: 'Report this with the log of the run if it stays so.',
  },
  BYE: {
    fault: 'NET_CLOSED',
    scope: 'endpoint',
    transient: true,
    says: 'the server closed the connection',
    remedy: 'Nothing to do: it is tried again.',
  },
}

/** What servers without response codes say in words, as the code that they mean. */
const implied: readonly (readonly [words: RegExp, code: string])[] = [
  [/quota|mailbox (?:is )?full|not enough (?:disk )?space|no space left|disk full/i, 'OVERQUOTA'],
  [/message (?:is )?too (?:large|big|long)|(?:message|size) exceeds|maximum (?:message )?size/i, 'TOOBIG'],
]

/** The response code, or the one that the words stand for; '' when neither says. */
export function codeOf(refusal: Pick<Refusal, 'code' | 'text'>): string {
  if (refusal.code !== '' && refusal.code !== 'ALERT') return refusal.code
  return implied.find(([words]) => words.test(refusal.text))?.[1] ?? refusal.code
}

/** A day: no server may park us for longer. */
const MOST_WAIT_MS = 86_400_000

/**
 * @param what begins the sentence and says what was tried and where: `Folder A/B` or `Log-in of terry`.
 * @param standard replaces the last resort where a command knows better what a bare NO means.
 */
export function faultOfRefusal(
  peer: Peer,
  what: string,
  refusal: Refusal,
  standard?: Partial<Omit<Line, 'codes' | 'text'>>,
): Fault {
  const code = codeOf(refusal)
  const line =
    lines.find((one) => one.codes?.includes(code) || one.text?.test(refusal.text)) ??
    ({ ...rest[refusal.status], ...standard } as const)
  const words = peer.words(refusal.text)
  const said = refusal.code === '' ? words : `[${peer.words(refusal.code)}] ${words}`
  const backoff = /Backoff Time[:=\s]+(\d{1,12})/i.exec(refusal.text)
  return new Fault({
    code: line.fault,
    scope: line.scope,
    transient: line.transient,
    message: `${what} on ${peer.place}: ${line.says}${said.trim() === '' ? '.' : `: ${said}`}`,
    remedy: line.remedy,
    facts: {
      host: peer.host,
      port: peer.port,
      user: peer.username,
      status: refusal.status,
      responseCode: peer.words(refusal.code),
      said: words,
    },
    ...(backoff ? { waitMs: Math.min(Number(backoff[1]), MOST_WAIT_MS) } : {}),
  })
}
