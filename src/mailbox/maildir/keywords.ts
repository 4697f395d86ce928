/** `dovecot-keywords`: lines `<number> <keyword>`, numbers 0 to 25 being the letters a to z of this folder's files. */
import { MOST_KEYWORDS } from './file-name.ts'
import type { Owner } from './folder-handles.ts'
import { readSmallFile, replaceSmallFile } from './small-file.ts'

const FILE = 'dovecot-keywords'

/** Keyword per letter, null where the letter is free; always 26 long. */
export type KeywordTable = readonly (string | null)[]

export function parseKeywords(text: string): KeywordTable {
  const table: (string | null)[] = Array.from({ length: MOST_KEYWORDS }, () => null)
  for (const line of text.split('\n')) {
    const match = /^(\d{1,3}) (\S+)$/.exec(line)
    if (match && Number(match[1]) < MOST_KEYWORDS) table[Number(match[1])] = match[2]!
  }
  return table
}

export const readKeywords = (folder: number): KeywordTable => parseKeywords(readSmallFile(folder, FILE)?.text ?? '')

const missingFrom = (table: KeywordTable, wanted: readonly string[]) => {
  const known = new Set(table.map((one) => one?.toLowerCase()))
  return wanted.filter((one) => !known.has(one.toLowerCase()))
}

/**
 * Gives each of `wanted` a letter while there are free ones; existing entries stay. Durable before it resolves: a
 * letter in a file name must never stand for nothing. Answers the table as it is then.
 */
export async function ensureKeywords(folder: number, owner: Owner, wanted: readonly string[]): Promise<KeywordTable> {
  let table = readKeywords(folder)
  if (missingFrom(table, wanted).length === 0 || !table.includes(null)) return table
  await replaceSmallFile(folder, FILE, owner, (old) => {
    const now = [...parseKeywords(old ?? '')]
    for (const keyword of missingFrom(now, wanted)) {
      // After the last one, as Dovecot does: a gap may be a letter that files still carry.
      const free = now.findLastIndex((one) => one !== null) + 1
      const index = free < MOST_KEYWORDS ? free : now.indexOf(null)
      if (index >= 0 && missingFrom(now, [keyword]).length > 0) now[index] = keyword
    }
    table = now
    const odd = (old ?? '')
      .split('\n')
      .filter((line) => /^\d+ \S+$/.test(line) && Number(line.split(' ')[0]) >= MOST_KEYWORDS)
    return [...now.flatMap((one, index) => (one === null ? [] : [`${index} ${one}`])), ...odd, ''].join('\n')
  })
  return table
}
