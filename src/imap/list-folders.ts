/** LIST (RFC 9051 §6.3.9), with status, subscriptions and roles in the same answer where the server can. */
import { line, mailboxPiece } from './command-text.ts'
import type { Lane } from './lane.ts'
import { bounded, modseqOf } from './open-folder.ts'
import { GarbledError, type Item, textOf } from './tokens.ts'
import type { Untagged } from './response.ts'

export interface FolderCounts {
  readonly validity: number
  readonly uidNext: number
  readonly messages: number
  readonly modseq: bigint | null
}

export interface ListedFolder {
  /** As the server spelt it, octets in latin1. */
  readonly raw: string
  /** Null: this name has no levels. */
  readonly separator: string | null
  /** Lower case, with the backslash. */
  readonly attributes: ReadonlySet<string>
  readonly subscribed: boolean
  readonly counts: FolderCounts | null
}

const MOST_FOLDERS = 100_000

/** Folders that `pattern` names; all commands leave at once. */
export async function listFolders(
  lane: Lane,
  what: string,
  pattern: string,
  withCounts: boolean,
): Promise<ListedFolder[]> {
  const found = new Map<string, { separator: string | null; attributes: Set<string> }>()
  const counts = new Map<string, FolderCounts>()
  const subscribed = new Set<string>()
  const only = !/[*%]/.test(pattern)
  const extended = lane.offers('LIST-EXTENDED') || lane.offers('IMAP4REV2')
  const withStatus = withCounts && (lane.offers('LIST-STATUS') || lane.offers('IMAP4REV2')) && extended
  const handler = {
    untagged(response: Untagged): boolean {
      if (response.word === 'STATUS') return readStatus(response, counts)
      if (response.word !== 'LIST') return false
      const one = readList(response)
      if (one === null) return true
      if (only && !sameName(one.raw, pattern)) return false
      if (found.size >= MOST_FOLDERS) throw new GarbledError(`more than ${MOST_FOLDERS} folders`)
      found.set(one.raw, one)
      if (one.attributes.has('\\subscribed')) subscribed.add(one.raw)
      return true
    },
  }
  const options = [
    'SUBSCRIBED',
    ...(lane.offers('SPECIAL-USE') ? ['SPECIAL-USE'] : []),
    ...(withStatus ? [`STATUS (${statusItems(lane)})`] : []),
  ]
  const list = lane.run(
    what,
    line`LIST "" ${mailboxPiece(pattern)}${extended ? ` RETURN (${options.join(' ')})` : ''}`,
    handler,
  )
  // RFC 3501 §6.3.9: what LIST-EXTENDED says with \Subscribed.
  const lsub = extended
    ? Promise.resolve()
    : lane.ask(line`LSUB "" ${mailboxPiece(pattern)}`, {
        untagged(response) {
          if (response.word !== 'LSUB') return false
          const one = readList(response)
          if (one && !one.attributes.has('\\noselect')) subscribed.add(one.raw)
          return true
        },
      })
  await Promise.all([list, lsub])
  if (withCounts && !withStatus)
    await Promise.all([...found].map(([raw, one]) => askStatus(lane, raw, one.attributes, counts)))
  return [...found].map(([raw, one]) => ({
    raw,
    ...one,
    subscribed: subscribed.has(raw),
    counts: counts.get(raw) ?? null,
  }))
}

function statusItems(lane: Lane): string {
  return `MESSAGES UIDNEXT UIDVALIDITY${lane.offers('CONDSTORE') ? ' HIGHESTMODSEQ' : ''}`
}

async function askStatus(
  lane: Lane,
  raw: string,
  attributes: ReadonlySet<string>,
  counts: Map<string, FolderCounts>,
): Promise<void> {
  if (attributes.has('\\noselect') || attributes.has('\\nonexistent')) return
  // A NO leaves the counts out; opening the folder will tell why.
  await lane.ask(line`STATUS ${mailboxPiece(raw)} (${statusItems(lane)})`, {
    untagged: (response) => response.word === 'STATUS' && readStatus(response, counts, raw),
  })
}

/** STATUS of one folder (RFC 9051 §6.3.11); null when the server refuses. */
export async function folderCounts(lane: Lane, raw: string): Promise<FolderCounts | null> {
  const counts = new Map<string, FolderCounts>()
  await askStatus(lane, raw, new Set(), counts)
  return counts.get(raw) ?? null
}

function readList(response: Untagged): { raw: string; separator: string | null; attributes: Set<string> } | null {
  const [attributes, separator, name] = response.items()
  const raw = textOf(name) ?? (typeof name === 'string' ? name : null)
  if (raw === null || raw === '' || !Array.isArray(attributes)) return null
  // A folder may be called NIL; a separator is one character.
  const mark = textOf(separator)
  return {
    raw,
    separator: mark === null || mark === '' ? null : mark,
    attributes: new Set(attributes.map((item) => (textOf(item) ?? '').toLowerCase())),
  }
}

/** Names are octets, but for the INBOX in any case. */
function sameName(a: string, b: string): boolean {
  return a === b || (a.toUpperCase() === 'INBOX' && b.toUpperCase() === 'INBOX')
}

/** With `raw` only the counts of that folder are taken. */
function readStatus(response: Untagged, counts: Map<string, FolderCounts>, raw?: string): boolean {
  const [name, list] = response.items()
  const key = textOf(name)
  if (key === null || !Array.isArray(list) || (raw !== undefined && !sameName(key, raw))) return false
  const value = (word: string) => {
    const at = list.findIndex(
      (item: Item, index) => index % 2 === 0 && typeof item === 'string' && item.toUpperCase() === word,
    )
    return at < 0 ? undefined : (textOf(list[at + 1]) ?? undefined)
  }
  const [messages, uidNext, validity] = [
    bounded(value('MESSAGES')),
    bounded(value('UIDNEXT')),
    bounded(value('UIDVALIDITY')),
  ]
  if (messages === null || uidNext === null || validity === null || counts.size > MOST_FOLDERS) return false
  counts.set(raw ?? key, { messages, uidNext, validity, modseq: modseqOf(value('HIGHESTMODSEQ')) })
  return true
}
