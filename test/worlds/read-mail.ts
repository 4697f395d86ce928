/** A mail taken apart (RFC 5322, RFC 2045 to 2047), as far as a report needs it. */

export interface ReceivedMail {
  readonly raw: string
  readonly header: (name: string) => string | null
  /** Of the whole and of all parts, outermost first. */
  readonly types: readonly string[]
  readonly text: string
  readonly html: string
  readonly attachments: readonly { readonly fileName: string; readonly content: string }[]
}

interface Part {
  readonly header: (name: string) => string | null
  readonly type: string
  readonly content: Buffer
  readonly parts: readonly Part[]
}

export function readMail(bytes: Buffer): ReceivedMail {
  const whole = readPart(bytes.toString('latin1'))
  const all = flat(whole)
  const isAttached = (part: Part) => /^attachment/i.test(part.header('content-disposition') ?? '')
  const of = (type: string) =>
    all.find((part) => part.type === type && !isAttached(part))?.content.toString('utf8') ?? ''
  return {
    raw: bytes.toString('latin1'),
    header: whole.header,
    types: all.map(({ type }) => type),
    text: of('text/plain').replaceAll('\r\n', '\n'),
    html: of('text/html'),
    attachments: all.filter(isAttached).map((part) => ({
      fileName: parameter(part.header('content-disposition') ?? '', 'filename') ?? '',
      content: part.content.toString('utf8'),
    })),
  }
}

const flat = (part: Part): Part[] => [part, ...part.parts.flatMap(flat)]

function readPart(text: string): Part {
  const [, head = '', body = ''] = /^([\s\S]*?)\r?\n\r?\n([\s\S]*)$/.exec(text) ?? []
  const lines = head.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)
  const header = (name: string) => {
    const line = lines.find((each) => each.toLowerCase().startsWith(`${name.toLowerCase()}:`))
    return line === undefined ? null : decodeWords(line.slice(name.length + 1).trim())
  }
  const typed = header('content-type') ?? 'text/plain'
  const boundary = parameter(typed, 'boundary')
  const parts =
    boundary === null
      ? []
      : `\r\n${body.replaceAll(/\r?\n/g, '\r\n')}`
          .split(`\r\n--${boundary}`)
          .slice(1, -1)
          .map((each) => readPart(each.replace(/^[ \t]*\r\n/, '')))
  const content = decodeBody(body, header('content-transfer-encoding') ?? '7bit')
  return { header, type: typed.split(';')[0]!.trim().toLowerCase(), content, parts }
}

function parameter(text: string, name: string): string | null {
  const [, quoted, bare] = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^;\\s]*))`, 'i').exec(text) ?? []
  return quoted ?? bare ?? null
}

function decodeBody(body: string, encoding: string): Buffer {
  if (/base64/i.test(encoding)) return Buffer.from(body, 'base64')
  if (/quoted-printable/i.test(encoding)) return quotedPrintable(body)
  return Buffer.from(body, 'latin1')
}

function quotedPrintable(text: string): Buffer {
  const joined = text.replaceAll(/=\r?\n/g, '')
  return Buffer.from(
    joined.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  )
}

/** Words that stand side by side may share a character: joined before they are decoded. */
function decodeWords(text: string): string {
  const word = /=\?utf-8\?([BQ])\?([^?]*)\?=/gi
  return text.replaceAll(/=\?utf-8\?[BQ]\?[^?]*\?=(?:\s+=\?utf-8\?[BQ]\?[^?]*\?=)*/gi, (run) =>
    Buffer.concat(
      [...run.matchAll(word)].map(([, kind, said]) =>
        kind!.toUpperCase() === 'B' ? Buffer.from(said!, 'base64') : quotedPrintable(said!.replaceAll('_', ' ')),
      ),
    ).toString('utf8'),
  )
}
