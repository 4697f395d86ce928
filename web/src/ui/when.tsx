/** A time as people think of it, `5 minutes ago`, and as it is written down: on hover, or with `both` above it. */
import { useSyncExternalStore } from 'react'
import { useSpeech } from '../words/words.ts'
import { formatDate, formatRelative } from './format.ts'

const TICK_MS = 15_000
const subscribe = (told: () => void) => {
  const timer = setInterval(told, TICK_MS)
  return () => clearInterval(timer)
}
const tick = () => Math.floor(Date.now() / TICK_MS)

/** Null: has not been, shown as a dash. */
export function When({ at, both = false }: { readonly at: string | null; readonly both?: boolean }) {
  const { language } = useSpeech()
  // Said anew while it is looked at.
  useSyncExternalStore(subscribe, tick)
  if (at === null) return '—'
  const relative = formatRelative(language, at, Date.now())
  const absolute = formatDate(language, at)
  return both ? (
    <time dateTime={at}>
      {absolute} <span className="small relative">{relative}</span>
    </time>
  ) : (
    <time dateTime={at} title={absolute}>
      {relative}
    </time>
  )
}
