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
  useEffect(() => {
    const timer = setTimeout(() => typed !== value && onChange(typed), TYPING_MS)
    return () => clearTimeout(timer)
  })
  return <SearchBox aria-label={label} placeholder={label} value={typed} onChange={(_, { value }) => setTyped(value)} />
}
