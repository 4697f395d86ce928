import { parseTimeSpan } from '#contract/timespan.ts'
import type { Words } from '../words/en.ts'
import { formatSeconds } from './seconds.ts'

/** A TimeSpan of the API as people read it, `2 h 5 min`; null: not there yet. */
export function formatDuration(words: Words, span: string | null): string {
  const seconds = span === null ? null : parseTimeSpan(span)
  return seconds === null ? '—' : formatSeconds(words, seconds)
}
