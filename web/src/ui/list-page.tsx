/** A list with its commands, and beside it the pane of what is chosen in it; on narrow screens one of the two. */
import { Toolbar } from '@fluentui/react-components'
import { type ReactNode, type RefObject, useLayoutEffect, useRef } from 'react'
import { Outlet, useLocation } from 'react-router'
import { useWords } from '../words/words.ts'
import { LaterPart } from './later-part.tsx'

interface ListPageProps {
  readonly title: string
  readonly commands: ReactNode
  readonly children: ReactNode
  /** A route below this one is open: its pane. */
  readonly hasPane: boolean
}

export function ListPage({ title, commands, children, hasPane }: ListPageProps) {
  const words = useWords()
  const { pathname } = useLocation()
  const list = useRef<HTMLDivElement>(null)
  useReturn(list, hasPane)
  return (
    <div className={hasPane ? 'list-page with-pane' : 'list-page'}>
      <div className="page list" ref={list}>
        <h1>{title}</h1>
        <Toolbar aria-label={words.commands} className="commands">
          {commands}
        </Toolbar>
        {children}
      </div>
      {/* Where the pane takes the place of the list, the page has its title for who reads it by headings. */}
      {hasPane && <h1 className="unseen title-of-pane">{title}</h1>}
      {hasPane && (
        <LaterPart place={pathname}>
          <Outlet />
        </LaterPart>
      )}
    </div>
  )
}

/** Whoever closes a pane is where they were in the list: the same place of the page, the focus on the row that was open. */
function useReturn(list: RefObject<HTMLDivElement | null>, hasPane: boolean): void {
  const place = useRef<number | null>(null)
  /** Of the list: once it is hidden, the page is shorter. */
  const scrolled = useRef(0)
  const row = useRef<HTMLElement | null>(null)
  useLayoutEffect(() => {
    if (hasPane) {
      if (list.current?.offsetParent === null) {
        // On narrow screens the pane stands in the place of the list, and is read from its top.
        place.current = scrolled.current
        scrollTo(0, 0)
      }
      return () => {}
    }
    if (place.current !== null) scrollTo(0, place.current)
    place.current = null
    if (row.current?.isConnected) row.current.focus({ preventScroll: true })
    row.current = null
    const look = () => (scrolled.current = scrollY)
    addEventListener('scroll', look)
    return () => removeEventListener('scroll', look)
  }, [list, hasPane])
  useLayoutEffect(() => {
    if (hasPane) row.current = list.current?.querySelector<HTMLElement>('[aria-current="true"]') ?? row.current
  })
}
