import { everydayMessage, message, withAttachment } from './messages.ts'
import type { PlannedMessage } from './messages.ts'
import { Random } from './random.ts'

const head = (subject: string) =>
  `From: a@contoso.example\r\nTo: b@contoso.example\r\nSubject: ${subject}\r\nDate: Thu, 04 Mar 2021 05:06:07 +0000\r\nMessage-ID: <nasty-${subject.length}-${subject.replace(/\W/g, '')}@mail.example>\r\n`

/** A body that is a list of IMAP commands: a server that loses step must never get to run them. */
export const commandsInBody = [
  'x1 NOOP',
  'x2 DELETE INBOX',
  'A1 CREATE pwned',
  'W1 CREATE pwned',
  'a001 CREATE "pwned"',
  '1 CREATE pwned',
  'x3 SELECT INBOX',
  'x4 STORE 1:* +FLAGS.SILENT (\\Deleted)',
  'x5 EXPUNGE',
  'x6 APPEND INBOX {5+}',
  'pwned',
  ')',
  ' (\\Seen) {3+}',
  '',
].join('\r\n')

/**
 * Real-world mail that breaks careless programs; the same for the same seed. Every one can be stored by APPEND but those
 * of `onlyByFile`, which servers refuse or change on the way in.
 */
export function nastyMessages(seed = 1): PlannedMessage[] {
  const random = new Random(seed)
  const twin = everydayMessage(random, 900)
  const text = head('plain')
  return [
    message(
      '8-bit header bytes',
      Buffer.from(`${head('Gr\u00fc\u00dfe aus K\u00f6ln \u0080\u00ff')}\r\nbody\r\n`, 'latin1'),
    ),
    message('UTF-8 subject', `${head('Überraschung für 日本語 😀')}\r\nbody\r\n`, ['\\Seen']),
    message('encoded subject', `${head('=?utf-8?B?w5xiZXJyYXNjaHVuZw==?=')}\r\nbody\r\n`),
    message('a line of 100 kB', `${text}\r\n${'0123456789'.repeat(10_000)}\r\nend\r\n`),
    message('a header line of 100 kB', `${text}X-Long: ${'h'.repeat(100_000)}\r\n\r\nbody\r\n`),
    message(
      'a header of 200 kB',
      `${text}${Array.from({ length: 4_000 }, (_, i) => `X-Trace-${i}: ${'t'.repeat(36)}\r\n`).join('')}\r\nbody\r\n`,
    ),
    message('no headers', '\r\nonly a body\r\n', ['\\Flagged']),
    message('no header field at all', 'this is not a header\r\nneither is this\r\n'),
    message('only headers', head('only headers')),
    message('only headers and the empty line', `${head('only headers, empty line')}\r\n`),
    message('no final newline', `${text}\r\nthe end is missing`, ['\\Answered']),
    message('one byte', 'x'),
    message('one CRLF', '\r\n'),
    message('dots on lines', `${text}\r\n.\r\n..\r\n.hidden\r\n`),
    message('mbox From lines', `From a@b Thu Mar  4 05:06:07 2021\r\n${text}\r\nFrom here on\r\n>From there\r\n`),
    message('commands in the body', `${text}\r\n${commandsInBody}`, ['\\Seen']),
    message('commands instead of headers', commandsInBody),
    message(
      'a literal header in the body',
      `${text}\r\n* 1 FETCH (UID 1 BODY[] {5}\r\n1234)\r\nA1 OK done\r\n* BYE\r\n`,
    ),
    message('parentheses and quotes in the subject', `${head('")) (\\Seen {3} %s * "')}\r\nbody\r\n`),
    message(
      'every byte value but NUL, CR and LF',
      Buffer.concat([Buffer.from(`${text}\r\n`), everyByte(), Buffer.from('\r\n')]),
    ),
    message('folded and odd headers', `${text}X-A:\r\n\t\r\n folded\r\nX-B :blank before\r\nno-colon\r\n\r\nbody\r\n`),
    message('two Message-IDs', `${text}Message-ID: <second@mail.example>\r\n\r\nbody\r\n`),
    withAttachment(random, 'attachment of 200 kB', 200_000, ['\\Seen', '$Forwarded']),
    { ...twin, name: 'twin, first' },
    { ...twin, name: 'twin, second' },
    { ...twin, name: 'twin with another date', internalDate: twin.internalDate + 86_400 },
    { ...twin, name: 'twin with other flags', flags: ['\\Flagged', 'Twin'] },
    message('dated 1969', `${head('1969')}\r\nbody\r\n`, [], '1969-07-20T20:17:40Z'),
    message('dated 1970', `${head('1970')}\r\nbody\r\n`, [], '1970-01-01T00:00:01Z'),
    message('dated 2038 and a second', `${head('2038')}\r\nbody\r\n`, [], '2038-01-19T03:14:08Z'),
    message('dated 2039', `${head('2039')}\r\nbody\r\n`, ['\\Seen'], '2039-12-31T23:59:59Z'),
    message('dated a leap day', `${head('leap')}\r\nbody\r\n`, [], '2020-02-29T12:00:00Z'),
    message('all system flags', `${head('flags')}\r\nbody\r\n`, ['\\Seen', '\\Answered', '\\Flagged', '\\Draft']),
    message('many keywords', `${head('keywords')}\r\nbody\r\n`, [
      '$MDNSent',
      '$label1',
      'Junk',
      'NonJunk',
      'a.b-c_d',
      "it's",
    ]),
  ]
}

/** Mail that has to be written as Maildir files to be had at all: IMAP servers convert or refuse it on APPEND. */
export function onlyByFile(): PlannedMessage[] {
  return [
    message('NUL bytes in the body', Buffer.from(`${head('nul')}\r\nbe\u0000fore\r\n\u0000\u0000\r\n`)),
    message('NUL bytes in the header', Buffer.from(`${head('nul\u0000header')}\r\nbody\r\n`)),
    message('bare LF', `${head('lf')}\r\n`.replaceAll('\r\n', '\n').concat('one\ntwo\n'), ['\\Seen']),
    message('mixed CRLF and LF', `${head('mixed')}\r\none\ntwo\r\nthree\n`),
    message('bare CR', `${head('cr')}\r\none\rtwo\r\n`),
  ]
}

function everyByte(): Buffer {
  return Buffer.from(Array.from({ length: 256 }, (_, i) => i).filter((i) => i !== 0 && i !== 10 && i !== 13))
}
