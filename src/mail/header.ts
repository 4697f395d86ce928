/** Reading a few header fields for reports and for recognition. Bounded; what mails say is hostile text. */

/** A field's unfolded value, 8-bit bytes read as UTF-8; '' when absent. At most 998 characters. */
export function header(head: Buffer, name: string): string {
  const text = head.toString('utf8')
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length
  const lines = text.slice(0, end).split(/\r?\n/)
  const prefix = `${name.toLowerCase()}:`
  for (const [index, line] of lines.entries()) {
    if (!line.toLowerCase().startsWith(prefix)) continue
    let value = line.slice(prefix.length)
    for (let next = index + 1; /^[ \t]/.test(lines[next] ?? ''); next++) value += lines[next]!
    return decodeWords(value.trim()).slice(0, 998)
  }
  return ''
}

/** RFC 2047 encoded words; an unknown charset or a broken word stays as it is. */
function decodeWords(value: string): string {
  return value
    .replace(/(\?=)\s+(?==\?)/g, '$1')
    .replace(
      /=\?([\w-]+)(?:\*[\w-]*)?\?([BbQq])\?([^?]*)\?=/g,
      (word, charset: string, encoding: string, data: string) => {
        try {
          const bytes =
            encoding.toLowerCase() === 'b'
              ? Buffer.from(data, 'base64')
              : Buffer.from(
                  data
                    .replace(/_/g, ' ')
                    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
                  'latin1',
                )
          return new TextDecoder(charset).decode(bytes)
        } catch {
          return word
        }
      },
    )
}
