/** A choice among the filters of a list. */
import { Label, Select, useId } from '@fluentui/react-components'
import type { ReactNode } from 'react'

interface FilterSelectProps {
  readonly label: string
  readonly value: string
  /** Its options. */
  readonly children: ReactNode
  onChange(value: string): void
}

export function FilterSelect({ label, value, children, onChange }: FilterSelectProps) {
  const id = useId()
  return (
    <span className="filter">
      <Label htmlFor={id}>{label}</Label>
      <Select id={id} value={value} onChange={(_, { value: chosen }) => onChange(chosen)}>
        {children}
      </Select>
    </span>
  )
}
