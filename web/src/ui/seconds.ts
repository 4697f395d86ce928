/** Spans of time, in seconds. */
import type { Words } from '../words/en.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
export const STEPS = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', 1],
] as const

/** `2 h 5 min`: the largest unit and the one below it; nobody reads the seconds of a day. */
export function formatSeconds({ durations }: Words, seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole === 0 && seconds > 0) return durations.underSecond
  const first = STEPS.findIndex(([, size]) => whole >= size)
  if (first === -1) return `0 ${durations.second}`
  const [name, size] = STEPS[first]!
  const next = STEPS[first + 1]
  const rest = next === undefined ? 0 : Math.floor((whole % size) / next[1])
  const large = `${Math.floor(whole / size)} ${durations[name]}`
  return next === undefined || rest === 0 ? large : `${large} ${rest} ${durations[next[0]]}`
}
