/** A form over something that is there: what was seen of it, and what was typed over it. Only what was typed is sent. */
import { useState } from 'react'
import { Refusal, type Tagged } from './api.ts'

export interface Edited<Value, Form extends object> {
  /** What is changed, and the tag for If-Match. */
  readonly seen: Tagged<Value>
  readonly form: Form
  /** What differs from what is there. */
  readonly typed: Partial<Form>
  readonly isChanged: boolean
  set(change: Partial<Form>): void
  /** After a conflict, or a save: what was typed stays over what is there now. */
  see(now: Tagged<Value>): void
  discard(): void
}

/** @param formOf what the fields show where nothing was typed */
export function useEdited<Value, Form extends object>(
  first: Tagged<Value>,
  formOf: (value: Value) => Form,
): Edited<Value, Form> {
  const [seen, see] = useState(first)
  const [changes, setChanges] = useState<Partial<Form>>({})
  const there = formOf(seen.value)
  const typed = Object.fromEntries(
    Object.entries(changes).filter(([name, value]) => !isSame(value, there[name as keyof Form])),
  ) as Partial<Form>
  return {
    seen,
    form: { ...there, ...typed },
    typed,
    isChanged: Object.keys(typed).length > 0,
    set: (change) => setChanges((before) => ({ ...before, ...change })),
    see,
    discard: () => setChanges({}),
  }
}

/** Lists are told apart by what they hold. */
const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

export const CONFLICT = 'PRECONDITION_FAILED'

/** Somebody else was faster. */
export const isConflict = (thrown: unknown): thrown is Refusal => thrown instanceof Refusal && thrown.code === CONFLICT
