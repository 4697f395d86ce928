import { Button } from '@fluentui/react-components'
import { useWords } from '../words/words.ts'
import type { ListState } from './list-state.ts'

interface PagerProps {
  readonly state: ListState
  readonly page: { readonly items: readonly unknown[]; readonly nextCursor: string | null; readonly total: number }
}

/** The browser's Back leads to where one was before, too. */
export function Pager({ state, page }: PagerProps) {
  const words = useWords()
  const to = state.from + page.items.length
  if (state.from === 0 && page.nextCursor === null) return null
  return (
    <div className="pager">
      <span>{words.pages.of(state.from + 1, to, page.total)}</span>
      <Button size="small" disabled={state.from === 0} onClick={state.toFirst}>
        {words.pages.first}
      </Button>
      {/* Whoever came by an address in the middle of the list has the first page. */}
      {(state.from === 0 || state.toPrevious !== null) && (
        <Button size="small" disabled={state.toPrevious === null} onClick={() => state.toPrevious?.()}>
          {words.pages.previous}
        </Button>
      )}
      <Button
        size="small"
        disabled={page.nextCursor === null}
        onClick={() => page.nextCursor !== null && state.toNext(page.nextCursor, to)}
      >
        {words.pages.next}
      </Button>
    </div>
  )
}
