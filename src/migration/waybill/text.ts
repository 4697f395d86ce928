/** Hostile text (subjects, server answers, folder names) made safe to keep and to show (architecture.md §6.7). */

import { safeJson } from '#base/safe-json.ts'

export { safeJson }

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
