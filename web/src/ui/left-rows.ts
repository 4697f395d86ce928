/**
 * Which row of which list was opened last, where the list goes with it: whoever comes back goes on at that row. Lists are
 * told apart by their labels. For a list that stays beside its pane, list-page.tsx does it.
 */
import { type RefObject, useEffect } from 'react'
import { NavigationType, useLocation, useNavigationType } from 'react-router'

const left = new Map<string, string>()

export const leaveRow = (list: string, key: string): void => void left.set(list, key)
/** Links that lead back to a list say so: other than the browser's own Back they are new places in its history. */
export const BACK = { back: true }

export function useReturn(list: string, rows: RefObject<HTMLElement | null>): void {
  const { state } = useLocation()
  const type = useNavigationType()
  const isBack = type === NavigationType.Pop || (state as { back?: boolean } | null)?.back === true
  // Once: the list is new when one comes back to it.
  useEffect(() => {
    const key = left.get(list)
    left.delete(list)
    if (isBack && key !== undefined)
      rows.current?.querySelector<HTMLAnchorElement>(`a[data-row="${CSS.escape(key)}"]`)?.focus()
  }, [])
}
