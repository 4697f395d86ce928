/** Hostile text (subjects, server answers, folder names) made safe to keep and to show (architecture.md §6.7). */

/**
 * Characters that JSON leaves as they are and a terminal or an editor acts on: DEL and C1, format characters
 * (bidirectional marks and overrides, zero-width and tag characters, soft hyphen), line and paragraph separators.
 */
const HAZARDS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
const HAZARD = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

const escapeUnits = (text: string) =>
  Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')

/** JSON on one line, in which every dangerous character is a \uXXXX escape: reading it gives the same text back. */
export function safeJson(value: unknown): string {
  // JSON.stringify itself escapes U+0000 to U+001F and lone surrogates.
  const json = JSON.stringify(value)
  return HAZARD.test(json) ? json.replace(HAZARDS, escapeUnits) : json
}

/** Text for a terminal: what would act instead of being shown is spelt `\u202e`. */
export function visible(text: string): string {
  return safeJson(text).slice(1, -1).replaceAll('\\"', '"').replaceAll('\\\\', '\\')
}

/** At most `most` UTF-16 units, never half a character; what was cut is marked by an ellipsis. */
export function bounded(text: string, most: number): string {
  if (text.length <= most) return text
  const unit = text.charCodeAt(most - 2)
  return `${text.slice(0, unit >= 0xd800 && unit <= 0xdbff ? most - 2 : most - 1)}…`
}
