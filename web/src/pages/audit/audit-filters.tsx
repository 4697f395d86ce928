/** What is asked for stands in the address: typed names are taken with Enter, or when one goes on. */
import { Button, Field, Input, type InputProps, Select } from '@fluentui/react-components'
import { useEffect, useState } from 'react'
import { useWords } from '../../words/words.ts'
import { SearchField } from '../../ui/search-field.tsx'
import type { Filters } from './audit-queries.ts'

interface AuditFiltersProps {
  readonly filters: Filters
  set(name: keyof Filters, value: string): void
  clear(): void
}

const RESULTS = ['all', 'good', 'bad'] as const

export function AuditFilters({ filters, set, clear }: AuditFiltersProps) {
  const { audit: words } = useWords()
  const field = (name: keyof Filters & ('caller' | 'cmdlet' | 'object'), label: string, hint: string) => (
    <Field label={label}>
      <Typed value={filters[name]} placeholder={hint} onTaken={(value) => set(name, value)} />
    </Field>
  )
  return (
    <search className="audit-filters">
      <SearchField
        key={filters.search === '' ? 'empty' : 'full'}
        label={words.search}
        value={filters.search}
        onChange={(value) => set('search', value)}
      />
      {field('caller', words.caller, words.callerHint)}
      {field('cmdlet', words.cmdlet, words.cmdletHint)}
      {field('object', words.object, words.objectHint)}
      <Field label={words.result}>
        <Select
          value={filters.result || 'all'}
          onChange={(_, { value }) => set('result', value === 'all' ? '' : value)}
        >
          {RESULTS.map((one) => (
            <option key={one} value={one}>
              {words.results[one]}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={words.from}>
        <Typed type="date" value={filters.from} onTaken={(value) => set('from', value)} />
      </Field>
      <Field label={words.to}>
        <Typed type="date" value={filters.to} onTaken={(value) => set('to', value)} />
      </Field>
      <Button className="clear" onClick={clear}>
        {words.clear}
      </Button>
    </search>
  )
}

interface TypedProps extends Pick<InputProps, 'type' | 'placeholder'> {
  readonly value: string
  onTaken(value: string): void
}

/** A name that is half typed finds nothing: it is not asked for. */
function Typed({ value, onTaken, ...look }: TypedProps) {
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  const take = () => typed !== value && onTaken(typed)
  return (
    <Input
      {...look}
      value={typed}
      autoComplete="off"
      onChange={(_, { value: now }) => setTyped(now)}
      onBlur={take}
      onKeyDown={({ key }) => key === 'Enter' && take()}
    />
  )
}
