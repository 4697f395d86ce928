/** Files that are dropped anywhere on the page: one that nobody takes would be opened by the browser, which leaves the page. */
import { useEffect, useEffectEvent, useState } from 'react'

/** Answers whether files are held over the page. Null: nothing is taken; undefined: another one looks after them. */
export function useDroppedFiles(onDrop: ((files: readonly File[]) => void) | null | undefined): boolean {
  const [isOver, setOver] = useState(false)
  const dropped = useEffectEvent((files: readonly File[]) => onDrop?.(files))
  const isOff = onDrop === undefined
  const takes = typeof onDrop === 'function'
  useEffect(() => {
    if (isOff) return () => {}
    const over = (event: DragEvent) => {
      const { dataTransfer } = event
      // Text that is dragged between fields is none of ours.
      if (!dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      if (takes) setOver(true)
      else dataTransfer.dropEffect = 'none'
    }
    const leave = ({ relatedTarget }: DragEvent) => {
      if (relatedTarget === null) setOver(false)
    }
    const drop = (event: DragEvent) => {
      const { dataTransfer } = event
      if (!dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      setOver(false)
      dropped([...dataTransfer.files])
    }
    const ended = new AbortController()
    const { signal } = ended
    addEventListener('dragover', over, { signal })
    addEventListener('dragleave', leave, { signal })
    addEventListener('drop', drop, { signal })
    return () => ended.abort()
  }, [isOff, takes])
  return isOver
}
