import { useLayoutEffect } from 'react'

/** Whoever closes a dialog goes on where they were when it came up; Fluent does so only for dialogs with a trigger. */
export function useReturnFocus(isOpen: boolean): void {
  useLayoutEffect(() => {
    const from = document.activeElement
    const goBack = () => {
      // What else has taken the focus keeps it.
      if (document.activeElement === document.body && from instanceof HTMLElement && from.isConnected) from.focus()
    }
    return isOpen ? () => void setTimeout(goBack) : () => {}
  }, [isOpen])
}
