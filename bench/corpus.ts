/**
 * The mail that is carried: the same bytes on every machine. Bodies are slices of one block of text, so that a corpus
 * of gigabytes costs a few megabytes to hold and a client can send it without reading a disk.
 */
import { Random } from '#test/worlds/random.ts'

export interface CorpusFolder {
  /** Levels as people read them; `['INBOX']` is the inbox. */
  readonly path: readonly string[]
  readonly messages: readonly CorpusMessage[]
}

export interface CorpusMessage {
  readonly head: string
  /** First line of the body in the block, and how many lines it has. */
  readonly line: number
  readonly lines: number
  /** As IMAP counts, with CRLF. */
  readonly bytes: number
  readonly flags: readonly string[]
  /** INTERNALDATE, seconds since 1970. */
  readonly dateS: number
}

export interface Corpus {
  readonly name: string
  readonly folders: readonly CorpusFolder[]
  readonly messages: number
  readonly bytes: number
}

const LINE = 76
const BLOCK_LINES = 60_000

export const keywords = ['$Forwarded', '$MDNSent', 'NonJunk', '$label1', 'Project-X', '$Work'] as const
const system = ['\\Seen', '\\Answered', '\\Flagged', '\\Draft']

/** Text of base64's letters, as attachments are: 76 characters a line, ended by CRLF and by LF. */
function makeBlock(): { readonly crlf: Buffer; readonly lf: Buffer } {
  const random = new Random(1)
  const letters = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
  const crlf = Buffer.alloc(BLOCK_LINES * (LINE + 2))
  const lf = Buffer.alloc(BLOCK_LINES * (LINE + 1))
  for (let line = 0; line < BLOCK_LINES; line++) {
    const at = line * (LINE + 2)
    for (let i = 0; i < LINE; i++) crlf[at + i] = letters[(random.next() * 64) | 0]!
    crlf.write('\r\n', at + LINE, 'latin1')
    crlf.copy(lf, line * (LINE + 1), at, at + LINE)
    lf[line * (LINE + 1) + LINE] = 10
  }
  return { crlf, lf }
}

let block: ReturnType<typeof makeBlock> | null = null

/** The bytes of a message, in pieces that share one block. */
export function contentOf(message: CorpusMessage, ends: 'crlf' | 'lf'): Buffer[] {
  block ??= makeBlock()
  const width = ends === 'crlf' ? LINE + 2 : LINE + 1
  const pieces: Buffer[] = [
    Buffer.from(ends === 'crlf' ? message.head : message.head.replaceAll('\r\n', '\n'), 'latin1'),
  ]
  let line = message.line
  for (let left = message.lines; left > 0;) {
    const count = Math.min(left, BLOCK_LINES - line)
    pieces.push(block[ends].subarray(line * width, (line + count) * width))
    left -= count
    line = 0
  }
  return pieces
}

function makeMessage(random: Random, serial: number, bytes: number): CorpusMessage {
  const dateS = random.between(1_325_376_000, 1_735_000_000)
  const date = new Date(dateS * 1000).toUTCString().replace('GMT', '+0000')
  const long =
    bytes < 700
      ? ''
      : `Received: from mail.example by mx.contoso.example; ${date}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nTo: annb@contoso.example\r\n`
  const subject = random.words(bytes < 700 ? 2 : random.between(2, 7))
  const head = `${long}From: office@fabrikam.example\r\nSubject: ${subject}\r\nDate: ${date}\r\nMessage-ID: <${serial}.${random.between(1, 2 ** 31)}@mail.example>\r\n\r\n`
  const lines = Math.max(1, Math.round((bytes - head.length) / (LINE + 2)))
  const flags = system.filter(() => random.next() < 0.3)
  if (random.next() < 0.3) flags.push(random.pick(keywords))
  return {
    head,
    line: random.between(0, BLOCK_LINES - 1),
    lines,
    bytes: head.length + lines * (LINE + 2),
    flags,
    dateS,
  }
}

function corpusOf(name: string, folders: readonly CorpusFolder[]): Corpus {
  const all = folders.flatMap(({ messages }) => messages)
  return { name, folders, messages: all.length, bytes: all.reduce((sum, { bytes }) => sum + bytes, 0) }
}

/** Sizes are log-normal with a mean of 25.7 kB and at most 2.8 MB. */
function lognormal(random: Random): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  const sigma = 1.25
  return Math.min(2_800_000, Math.max(400, Math.exp(Math.log(26_000) - sigma ** 2 / 2 + sigma * normal)))
}

const names = 'Sent|Drafts|Trash|Archiv|Rechnungen|Reisen|Übungen|Éducation|Проекты|予定|Projects/Alpha|Projects/Beta'
const years = Array.from({ length: 17 }, (_, at) => `Archiv/${2008 + at}`)

/** 30 folders, names in several languages, from 20 % of the mail in the largest to half a per cent. */
export function smallCorpus(messages = 20_000, seed = 30): Corpus {
  const random = new Random(seed)
  const paths = ['INBOX', ...names.split('|'), ...years].map((name) => name.split('/'))
  const weights = paths.map((_path, at) => 1 / (at + 3))
  const sum = weights.reduce((a, b) => a + b, 0)
  let left = messages
  let serial = 0
  const folders = paths.map((path, at) => {
    const count = at === paths.length - 1 ? left : Math.min(left, Math.round((messages * weights[at]!) / sum))
    left -= count
    return { path, messages: Array.from({ length: count }, () => makeMessage(random, ++serial, lognormal(random))) }
  })
  return corpusOf('small', folders)
}

/** 300 messages of 5 to 20 MB in 10 folders. */
export function largeCorpus(messages = 300): Corpus {
  const random = new Random(300)
  const folders = Array.from({ length: Math.min(10, messages) }, (_, at) => ({
    path: [at === 0 ? 'INBOX' : `Large ${at}`],
    messages: Array.from({ length: Math.ceil((messages - at) / 10) }, (_m, serial) =>
      makeMessage(random, at * 1000 + serial, random.between(5_000_000, 20_000_000)),
    ),
  }))
  return corpusOf('large', folders)
}

/** 500,000 messages of 300 bytes in one folder. */
export function hugeCorpus(messages = 500_000): Corpus {
  const random = new Random(500)
  return corpusOf('huge', [
    { path: ['INBOX'], messages: Array.from({ length: messages }, (_, serial) => makeMessage(random, serial, 300)) },
  ])
}

/** One of 20 mailboxes; the first holds a message of 150 MB besides. */
export function userCorpus(user: number, messages = 400): Corpus {
  const { folders } = smallCorpus(messages, 2000 + user)
  if (user !== 0) return corpusOf(`user${user}`, folders)
  const [first, ...rest] = folders
  const big = makeMessage(new Random(150), 150, 150 * 1_048_576)
  return corpusOf('user0', [{ ...first!, messages: [...first!.messages, big] }, ...rest])
}
