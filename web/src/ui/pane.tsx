/** Beside the list, on narrow screens in its place; what it is about is in the address. */
import { Button } from '@fluentui/react-components'
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { BACK } from './left-rows.ts'
import { useWords } from '../words/words.ts'

interface PaneProps {
  readonly title: string
  /** The list that it stands beside. */
  readonly closeTo: string
  readonly above?: ReactNode
  readonly children: ReactNode
}

export function Pane({ title, closeTo, above, children }: PaneProps) {
  const words = useWords()
  const navigate = useNavigate()
  const { search } = useLocation()
  const id = useId()
  const heading = useRef<HTMLHeadingElement>(null)
  const section = useRef<HTMLElement>(null)
  // Who opened it by the keyboard reads on here; who comes back to a list in it, there.
  useEffect(() => {
    if (!section.current?.contains(document.activeElement)) heading.current?.focus({ preventScroll: true })
  }, [])
  return (
    <section className="pane" aria-labelledby={id} ref={section}>
      <div className="pane-head">
        <div>
          {above}
          <h2 id={id} ref={heading} tabIndex={-1}>
            {title}
          </h2>
        </div>
        <Button
          appearance="subtle"
          icon={<DismissRegular />}
          aria-label={words.closeDetails}
          onClick={() => void navigate(closeTo + listOnly(search), { state: BACK })}
        />
      </div>
      {children}
    </section>
  )
}

/** The list's own place in the address; that of a list inside of the pane has a prefix (list-state.ts) and ends with it. */
export function listOnly(search: string): string {
  const kept = new URLSearchParams(search)
  for (const name of Array.from(kept.keys())) if (name.includes('-')) kept.delete(name)
  const text = kept.toString()
  return text === '' ? '' : `?${text}`
}
