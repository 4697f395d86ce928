/**
 * File names of messages: `<base>,S=<bytes on disk>,W=<bytes with CRLF>:2,<flags>`. Ours have the base
 * `<source UID, ten digits>.<name>.waybill`: it follows from the source message alone, so a second attempt finds the
 * first; and Dovecot numbers new files by the digits they begin with, so the order of the source is kept.
 */
import { ANSWERED, DELETED, DRAFT, FLAGGED, type Flags, SEEN } from '#mail/flags.ts'

/** Dovecot's letters, in the order of their characters, as every reader expects them. */
const LETTERS: readonly (readonly [letter: string, bit: number])[] = [
  ['D', DRAFT],
  ['F', FLAGGED],
  ['R', ANSWERED],
  ['S', SEEN],
  ['T', DELETED],
]

/** Keywords that a folder can hold: the letters a to z. */
export const MOST_KEYWORDS = 26

const OURS = /^\d{10,}\.([0-9a-z]+)\.waybill$/i

/** @param name hex, as in `Outgoing.name` */
export const baseName = (uid: number, name: string) => `${String(uid).padStart(10, '0')}.${name}.waybill`

/** The key of a copy: `Outgoing.name` for our own, the base for those that others wrote. */
export const keyOfBase = (base: string) => OURS.exec(base)?.[1] ?? base

export interface ParsedName {
  readonly base: string
  /** `,S=…,W=…` as spelt, '' when there are none. */
  readonly fields: string
  /** The letters after `:2,`, as spelt. */
  readonly letters: string
}

export function parseName(file: string): ParsedName {
  const colon = file.indexOf(':')
  const body = colon < 0 ? file : file.slice(0, colon)
  const comma = body.indexOf(',')
  const info = colon < 0 ? '' : file.slice(colon + 1)
  return {
    base: comma < 0 ? body : body.slice(0, comma),
    fields: comma < 0 ? '' : body.slice(comma),
    letters: info.startsWith('2,') ? info.slice(2) : '',
  }
}

export const joinName = ({ base, fields, letters }: ParsedName) => `${base}${fields}:2,${letters}`

export const sizeFields = (bytes: number, crlfBytes: number) => `,S=${bytes},W=${crlfBytes}`

/** The size a client sees, null where the writer of the file did not tell it. */
export function crlfBytesOf(fields: string): number | null {
  const digits = /,W=(\d+)(?:,|$)/.exec(fields)?.[1]
  return digits === undefined ? null : Number(digits)
}

/** @param keywords those of the folder, a to z in order, null where a letter is free */
export function readLetters(letters: string, keywords: readonly (string | null)[]): Flags {
  let system = 0
  const found: string[] = []
  for (const letter of letters) {
    const keyword = keywords[letter.charCodeAt(0) - 97]
    if (keyword) found.push(keyword)
    else system |= LETTERS.find(([known]) => known === letter)?.[1] ?? 0
  }
  return { system, keywords: found.sort() }
}

/** Letters for `flags`; those in `kept` that we cannot read (`P` and others' keywords) stay. Keywords unknown to the folder are left out. */
export function writeLetters(flags: Flags, keywords: readonly (string | null)[], kept = ''): string {
  const letters = new Set<string>()
  for (const letter of kept) {
    const known = LETTERS.some(([one]) => one === letter) || keywords[letter.charCodeAt(0) - 97]
    if (!known && /[A-Za-z]/.test(letter)) letters.add(letter)
  }
  for (const [letter, bit] of LETTERS) if (flags.system & bit) letters.add(letter)
  for (const keyword of flags.keywords) {
    const index = keywords.findIndex((one) => one?.toLowerCase() === keyword.toLowerCase())
    if (index >= 0) letters.add(String.fromCharCode(97 + index))
  }
  return [...letters].sort().join('')
}
