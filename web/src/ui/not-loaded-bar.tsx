/** In the place of a page whose script did not arrive: why, and the page comes by itself once the service answers. */
import { Button, MessageBar, MessageBarActions, MessageBarBody } from '@fluentui/react-components'
import { useEffect } from 'react'
import type { NotLoaded } from '../later.tsx'
import { useWords } from '../words/words.ts'

const AGAIN_MS = 3_000
/** A service that has lost the file for good is not asked for ever. */
const PAUSE_MS = 20_000
const KEY = 'waybill.reloaded'

interface NotLoadedProps {
  readonly thrown: NotLoaded
  /** The page around it holds what was typed: it is loaded again only by who says so. */
  readonly isInForm: boolean
}

export function NotLoadedBar({ thrown, isInForm }: NotLoadedProps) {
  const words = useWords()
  // A browser may keep to it that a script was not there, and an updated service has others: the whole page is asked for.
  // Nothing was typed into what is not there.
  useEffect(() => {
    if (isInForm) return () => {}
    const timer = setInterval(() => void reloadOnce(), AGAIN_MS)
    return () => clearInterval(timer)
  }, [isInForm])
  return (
    <MessageBar intent="error" layout="multiline" role="alert">
      <MessageBarBody>
        {words.notLoaded} {isInForm ? words.notLoadedAgain : words.notLoadedRemedy}
        <span className="service-says" lang="en">
          {thrown.message}
        </span>
      </MessageBarBody>
      <MessageBarActions>
        <Button size="small" onClick={() => location.reload()}>
          {words.loadAgain}
        </Button>
      </MessageBarActions>
    </MessageBar>
  )
}

async function reloadOnce(): Promise<void> {
  if (Date.now() - Number(sessionStorage.getItem(KEY) ?? 0) < PAUSE_MS) return
  const isThere = await fetch('/', { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  )
  if (!isThere) return
  sessionStorage.setItem(KEY, String(Date.now()))
  location.reload()
}
