import { Random } from './random.ts'

/** One message as it shall be in a mailbox. */
export interface PlannedMessage {
  /** What is odd about it, for failures to name. */
  readonly name: string
  /** The bytes as they are sent or written; lines normally end in CRLF. */
  readonly content: Buffer
  /** System flags and keywords, e.g. `\Seen`, `$Forwarded`. */
  readonly flags: readonly string[]
  /** INTERNALDATE in seconds since 1970, may be negative. */
  readonly internalDate: number
}

export interface PlannedFolder {
  /** The folder's path, each level as people read it; `['INBOX']` is the inbox. */
  readonly path: readonly string[]
  readonly messages: readonly PlannedMessage[]
  readonly subscribed: boolean
}

export function folder(
  path: string | readonly string[],
  messages: readonly PlannedMessage[] = [],
  subscribed = true,
): PlannedFolder {
  return { path: typeof path === 'string' ? [path] : path, messages, subscribed }
}

export function message(
  name: string,
  content: string | Buffer,
  flags: readonly string[] = [],
  date = '2021-03-04T05:06:07Z',
): PlannedMessage {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  return { name, content: bytes, flags, internalDate: Date.parse(date) / 1000 }
}

const systemFlags = ['\\Seen', '\\Answered', '\\Flagged', '\\Draft']
const keywords = ['$Forwarded', '$MDNSent', 'NonJunk', 'Project-X', '$label1']

/** An everyday text message of about `bytes` bytes with random words, flags and date, the same for the same generator. */
export function everydayMessage(random: Random, bytes = random.between(500, 4_000)): PlannedMessage {
  const internalDate = random.between(946_684_800, 1_735_689_600)
  const id = `${random.between(1, 2 ** 31)}.${random.between(1, 2 ** 31)}`
  const subject = random.words(random.between(1, 7))
  const head = [
    `Return-Path: <${random.pick(people)}>`,
    `Received: from mail.example (mail.example [192.0.2.${random.between(1, 254)}]) by mx.contoso.example; ${rfc5322(internalDate)}`,
    `From: ${random.pick(people)}`,
    `To: ${random.pick(people)}`,
    `Subject: ${subject}`,
    `Date: ${rfc5322(internalDate - random.between(0, 600))}`,
    `Message-ID: <${id}@mail.example>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    '',
  ].join('\r\n')
  const lines: string[] = []
  for (let length = head.length; length < bytes;) {
    const line = random.words(10)
    lines.push(line)
    length += line.length + 2
  }
  const flags = systemFlags.filter(() => random.next() < 0.3)
  if (random.next() < 0.2) flags.push(random.pick(keywords))
  return { name: subject, content: Buffer.from(`${head}${lines.join('\r\n')}\r\n`), flags, internalDate }
}

/** `count` everyday messages. */
export function everydayMessages(seed: number, count: number, bytes?: number): PlannedMessage[] {
  const random = new Random(seed)
  return Array.from({ length: count }, () => everydayMessage(random, bytes))
}

const people = [
  'terrya@contoso.example',
  'annb@contoso.example',
  'paulc@contoso.example',
  'Registrar <office@fabrikam.example>',
]

/** RFC 5322 §3.3, in UTC. */
function rfc5322(seconds: number): string {
  return new Date(seconds * 1000).toUTCString().replace('GMT', '+0000')
}

/** A message with one attachment of random bytes. */
export function withAttachment(
  random: Random,
  name: string,
  bytes: number,
  flags: readonly string[] = [],
): PlannedMessage {
  const data = random.bytes(bytes).toString('base64').replace(/.{76}/g, '$&\r\n')
  const text = [
    'From: annb@contoso.example',
    'To: terrya@contoso.example',
    `Subject: ${name}`,
    'Date: Mon, 05 Jul 2021 10:00:00 +0200',
    `Message-ID: <attachment-${bytes}-${random.between(1, 2 ** 31)}@mail.example>`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="=_part"',
    '',
    '--=_part',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'See the attachment.',
    '--=_part',
    "Content-Type: application/octet-stream; name*=utf-8''R%C3%A9sum%C3%A9.bin",
    'Content-Transfer-Encoding: base64',
    '',
    data,
    '--=_part--',
    '',
  ].join('\r\n')
  return message(name, text, flags, '2021-07-05T08:00:01Z')
}
