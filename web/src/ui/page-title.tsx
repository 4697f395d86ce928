import { useEffect } from 'react'
import { useWords } from '../words/words.ts'

/** Of the browser's window. */
export function usePageTitle(title: string): void {
  const { product } = useWords()
  useEffect(() => {
    document.title = `${title} – ${product}`
  }, [title, product])
}
