/** JSON that people may look at in a terminal or an editor: hostile text in it acts on neither (architecture.md §6.7). */

/**
 * Characters that JSON leaves as they are and a terminal or an editor acts on: DEL and C1, format characters
 * (bidirectional marks and overrides, zero-width and tag characters, soft hyphen), line and paragraph separators.
 * The line breaks of an indented text are not among them: within strings JSON escapes those itself.
 */
const HAZARDS = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
const HAZARD = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

const escapeUnits = (text: string) =>
  Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')

/** Every dangerous character is a \uXXXX escape: reading it gives the same text back. On one line without `indent`. */
export function safeJson(value: unknown, indent = 0): string {
  // JSON.stringify itself escapes U+0000 to U+001F and lone surrogates.
  const json = JSON.stringify(value, null, indent)
  return HAZARD.test(json) ? json.replace(HAZARDS, escapeUnits) : json
}
