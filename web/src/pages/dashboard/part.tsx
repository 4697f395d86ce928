/** A part of the dashboard: its heading, and what will be there while there is nothing. */
import { type ReactNode, useId } from 'react'

interface PartProps {
  readonly title: string
  /** Takes the whole width. */
  readonly isWide?: boolean
  /** A sentence in the place of the content. */
  readonly empty?: string | null
  readonly children?: ReactNode
}

export function Part({ title, isWide = false, empty = null, children }: PartProps) {
  const id = useId()
  return (
    <section className={isWide ? 'part wide' : 'part'} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {empty === null ? children : <p className="part-empty">{empty}</p>}
    </section>
  )
}
