/** Pages and forms whose script comes when they are wanted. */
import { type ComponentType, lazy, type ReactNode, useState } from 'react'

type Bring<Props> = () => Promise<{ readonly default: ComponentType<Props> }>

/** A script that did not arrive: the service was not reached, or has been updated and has other ones now. */
export class NotLoaded extends Error {}

async function brought<Loaded>(bring: () => Promise<Loaded>): Promise<Loaded> {
  try {
    return await bring()
  } catch (thrown) {
    throw new NotLoaded(thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown })
  }
}

/** Of forms and charts: React's `lazy`; what does not arrive is a `NotLoaded`. */
export const lazily = <Props extends object>(bring: Bring<Props>) => lazy(() => brought(bring))

export interface LaterPage {
  readonly Page: ComponentType
  /** Brings its script; once that is there, the page is shown without waiting for anything. */
  load(): Promise<void>
}

/**
 * As React's `lazy`, but one that has been loaded does not suspend: whoever opens the admin center at this page would else
 * wait 300 ms longer, for so long React holds back what has just been waited for.
 */
export function later(bring: Bring<object>): LaterPage {
  let Known: ComponentType | undefined
  const remember = async () => {
    const module = await brought(bring)
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
