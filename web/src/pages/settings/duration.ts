/** Durations as a person types them: a number and a unit, where the API has `[d.]hh:mm:ss`. */
import { formatTimeSpan, parseTimeSpan } from '#contract/timespan.ts'
import { STEPS } from '../../ui/seconds.ts'

export type Unit = (typeof STEPS)[number][0]
export const UNITS: readonly Unit[] = STEPS.map(([unit]) => unit)

export interface Duration {
  readonly amount: string
  /** `never`: 00:00:00, where that is allowed. */
  readonly unit: Unit | 'never'
}

/** In the largest unit that is even. */
export function readDuration(text: string, mayBeNever: boolean): Duration {
  const seconds = parseTimeSpan(text) ?? 0
  if (seconds === 0) return { amount: mayBeNever ? '' : '0', unit: mayBeNever ? 'never' : 'day' }
  const [unit, size] = STEPS.find(([, each]) => seconds % each === 0)!
  return { amount: String(seconds / size), unit }
}

/** Null: no number was typed. */
export function secondsOf({ amount, unit }: Duration): number | null {
  if (unit === 'never') return 0
  const [, size] = STEPS.find(([each]) => each === unit)!
  return /^\d{1,9}$/.test(amount.trim()) ? Number(amount) * size : null
}

export const writeDuration = (duration: Duration): string => formatTimeSpan(secondsOf(duration) ?? 0)
