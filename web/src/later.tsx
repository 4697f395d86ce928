/** Pages whose script comes when they are wanted. */
import { type ComponentType, lazy, type ReactNode, useState } from 'react'

export interface LaterPage {
  readonly Page: ComponentType
  /** Brings its script; once that is there, the page is shown without waiting for anything. */
  load(): Promise<void>
}

/**
 * As React's `lazy`, but one that has been loaded does not suspend: whoever opens the admin center at this page would else
 * wait 300 ms longer, for so long React holds back what has just been waited for.
 */
export function later(bring: () => Promise<{ readonly default: ComponentType }>): LaterPage {
  let Known: ComponentType | undefined
  const remember = async () => {
    const module = await bring()
    Known = module.default
    return module
  }
  const Awaited = lazy(remember)
  function Page(): ReactNode {
    // Which of both is settled when it is first shown: a change between them would forget what was typed.
    const [Shown] = useState(() => Known ?? Awaited)
    return <Shown />
  }
  return {
    Page,
    async load() {
      await remember()
    },
  }
}
