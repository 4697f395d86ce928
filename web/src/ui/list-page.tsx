/** A list with its commands, and beside it the pane of what is chosen in it; on narrow screens one of the two. */
import { Toolbar } from '@fluentui/react-components'
import { type ReactNode, Suspense } from 'react'
import { Outlet } from 'react-router'
import { useWords } from '../words/words.ts'

interface ListPageProps {
  readonly title: string
  readonly commands: ReactNode
  readonly children: ReactNode
  /** A route below this one is open: its pane. */
  readonly hasPane: boolean
}

export function ListPage({ title, commands, children, hasPane }: ListPageProps) {
  const words = useWords()
  return (
    <div className={hasPane ? 'list-page with-pane' : 'list-page'}>
      <div className="page list">
        <h1>{title}</h1>
        <Toolbar aria-label={words.commands} className="commands">
          {commands}
        </Toolbar>
        {children}
      </div>
      {hasPane && (
        <Suspense>
          <Outlet />
        </Suspense>
      )}
    </div>
  )
}
