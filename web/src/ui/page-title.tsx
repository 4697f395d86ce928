import { useEffect } from 'react'
import { useWords } from '../words/words.ts'

/** Of the browser's window. Null: it stays. */
export function usePageTitle(title: string | null): void {
  const { product } = useWords()
  useEffect(() => {
    if (title !== null) document.title = `${title} – ${product}`
  }, [title, product])
}
