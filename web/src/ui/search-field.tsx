import { SearchBox } from '@fluentui/react-components'
import { useEffect, useState } from 'react'

interface SearchFieldProps {
  readonly label: string
  readonly value: string
  onChange(value: string): void
}

const TYPING_MS = 250

/** Asks when the typing has paused. */
export function SearchField({ label, value, onChange }: SearchFieldProps) {
  const [typed, setTyped] = useState(value)
  const [asked, setAsked] = useState(value)
  const [seen, setSeen] = useState(value)
  if (seen !== value) {
    setSeen(value)
    // Changed by something else: filters that are cleared, the browser's Back.
    if (asked !== value) {
      setAsked(value)
      setTyped(value)
    }
  }
  useEffect(() => {
    const timer = setTimeout(() => {
      if (typed === asked) return
      setAsked(typed)
      onChange(typed)
    }, TYPING_MS)
    return () => clearTimeout(timer)
  })
  return <SearchBox aria-label={label} placeholder={label} value={typed} onChange={(_, { value }) => setTyped(value)} />
}
