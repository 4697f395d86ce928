import { refuse } from './refuse.ts'

export type CsvEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

export interface Decoded {
  /** Without the byte order mark. */
  readonly text: string
  readonly encoding: CsvEncoding
}

const saveAsCsv = 'Open it in a spreadsheet and save it as "CSV UTF-8 (comma delimited)".'

/** What people send instead of a CSV, by the bytes at its start. */
const otherFiles: readonly (readonly [start: string, what: string])[] = [
  ['PK\x03\x04', 'a workbook or another zip archive (.xlsx, .ods, .zip)'],
  ['\xD0\xCF\x11\xE0', 'an old Excel workbook (.xls)'],
  ['%PDF', 'a PDF'],
  ['{\\rtf', 'an RTF document'],
  ['\x1F\x8B', 'a gzip archive'],
]

/**
 * Bytes to text, strictly: byte order mark, else the NULs that ASCII headers leave in UTF-16, else UTF-8, else
 * windows-1252 (the caller warns). A mark that its own bytes contradict is refused: guessing would carry wrong passwords.
 */
export function decode(bytes: Uint8Array): Decoded {
  const start = String.fromCodePoint(...bytes.subarray(0, 8))
  for (const [magic, what] of otherFiles) {
    if (start.startsWith(magic)) throw refuse('CSV_WRONG_TYPE', `the file is not a CSV file but ${what}`, saveAsCsv)
  }
  if (start.startsWith('\xFF\xFE\0\0') || start.startsWith('\0\0\xFE\xFF')) {
    throw refuse('CSV_ENCODING', 'the file is in UTF-32, which is not read', saveAsCsv)
  }
  if (start.startsWith('\xEF\xBB\xBF')) return decodeOrRefuse(bytes.subarray(3), 'utf-8')
  if (start.startsWith('\xFF\xFE')) return decodeOrRefuse(bytes.subarray(2), 'utf-16le')
  if (start.startsWith('\xFE\xFF')) return decodeOrRefuse(bytes.subarray(2), 'utf-16be')
  const wide = wideWithoutMark(bytes)
  if (wide !== null) return decodeOrRefuse(bytes, wide)
  const utf8 = strictly(bytes, 'utf-8')
  // A header with a NUL in it is neither text nor UTF-16: a disk image, an export gone wrong.
  const text = utf8 ?? new TextDecoder('windows-1252', { ignoreBOM: true }).decode(bytes)
  if (/^[^\r\n]{0,64}\0/.test(text)) throw refuse('CSV_WRONG_TYPE', 'the file is not text', saveAsCsv)
  return { text, encoding: utf8 === null ? 'windows-1252' : 'utf-8' }
}

/** The header is ASCII, so in UTF-16 every second byte at the start of the file is NUL. */
function wideWithoutMark(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const sample = bytes.subarray(0, 64)
  const pairs = sample.length >> 1
  if (pairs < 2) return null
  let even = 0
  let odd = 0
  for (let i = 0; i < pairs * 2; i += 2) {
    if (sample[i] === 0) even++
    if (sample[i + 1] === 0) odd++
  }
  if (odd > pairs / 2 && even === 0) return 'utf-16le'
  if (even > pairs / 2 && odd === 0) return 'utf-16be'
  return null
}

function strictly(bytes: Uint8Array, encoding: CsvEncoding): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

function decodeOrRefuse(bytes: Uint8Array, encoding: CsvEncoding): Decoded {
  const text = strictly(bytes, encoding)
  if (text !== null) return { text, encoding }
  const name = encoding.toUpperCase()
  throw refuse(
    'CSV_ENCODING',
    `the file says that it is ${name}, but near line ${damagedLine(bytes, encoding)} it is not`,
    saveAsCsv,
  )
}

/** The line of the first bytes that are not what the mark says: decoded loosely, they are U+FFFD. */
function damagedLine(bytes: Uint8Array, encoding: CsvEncoding): number {
  const loose = new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes)
  const before = loose.slice(0, Math.max(0, loose.indexOf('\uFFFD')))
  return before.split(/\r\n|\n|\r/).length
}
