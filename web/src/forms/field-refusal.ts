/** What the service refused, at the field that it is about. */
import { Refusal } from '../api.ts'
import { CONFLICT } from '../edited.ts'
import { nowIn, translated } from '../words/said.ts'

/** With what to do about it; null: nothing is wrong with this one. */
export function wrongAt(thrown: unknown, field: string): string | null {
  if (!(thrown instanceof Refusal)) return null
  // `hookEvents.2`, too, where one of several is wrong.
  const wrong = thrown.fields.find((one) => one.field === field || one.field.startsWith(`${field}.`))
  if (wrong === undefined) return null
  const said = nowIn(wrong.message) ?? translated(wrong.message)
  const text = `${said.charAt(0).toUpperCase()}${said.slice(1)}`.replace(/\.?$/, '.')
  // Of a conflict the bar says what to do (ui/conflict-bar.tsx).
  // The remedy of a body with several faults is to correct what is named.
  if (thrown.code === CONFLICT) return text
  return thrown.fields.length === 1 && thrown.remedy !== null ? `${text} ${translated(thrown.remedy)}` : text
}

/** Null where every fault stands at a field that is shown: errors are told once. */
export function beyondFields(thrown: unknown, shown: readonly string[]): unknown {
  if (!(thrown instanceof Refusal) || thrown.fields.length === 0) return thrown
  return thrown.fields.every(({ field }) => shown.includes(field.split('.')[0]!)) ? null : thrown
}
