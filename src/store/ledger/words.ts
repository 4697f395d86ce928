/**
 * Lists of strings as text columns hold them: JSON, for a server's words may contain U+0000 and lone surrogates,
 * which no PostgreSQL text can, and equal lists must be equal text.
 */
import { bug } from '#base/fault.ts'

export const textOf = (words: readonly string[]): string => JSON.stringify(words)

export function wordsIn(text: string): string[] {
  const words: unknown = JSON.parse(text)
  if (!Array.isArray(words)) throw bug('LEDGER_WORDS', 'the ledger holds a list of words that is no list')
  return words.map(String)
}
