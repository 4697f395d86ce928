/** What is shown to whom: the sign-in to nobody in particular, the pages to who is signed in. */
import { FluentProvider, Spinner, webDarkTheme, webLightTheme } from '@fluentui/react-components'
import { Fragment, useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { useRoutes } from 'react-router'
import { PAGE_ROUTES } from './page-routes.tsx'
import { ChangePasswordPage } from './pages/change-password.tsx'
import { SignInAgain, SignInPage } from './pages/sign-in.tsx'
import { useEnded, useSession } from './session.ts'
import { LaterPart } from './ui/later-part.tsx'
import { RefusalBar } from './ui/refusal-bar.tsx'
import { ToastPlace } from './ui/toasts.tsx'
import type { Words } from './words/en.ts'
import { speak } from './words/said.ts'
import { chosenLanguage, keepLanguage, type Language, Speech, wordsOf } from './words/words.ts'

const dark = matchMedia('(prefers-color-scheme: dark)')
const subscribe = (told: () => void) => {
  dark.addEventListener('change', told)
  return () => dark.removeEventListener('change', told)
}

export function App({ first }: { readonly first: { readonly language: Language; readonly words: Words } }) {
  const isDark = useSyncExternalStore(subscribe, () => dark.matches)
  const [spoken, setSpoken] = useState(first)
  const change = useCallback(async (language: Language) => {
    const next = await wordsOf(language)
    speak(next.words)
    setSpoken(next)
  }, [])
  const choose = useCallback(
    (language: Language) => {
      keepLanguage(language)
      void change(language)
    },
    [change],
  )
  const speech = useMemo(() => ({ ...spoken, choose }), [spoken, choose])

  const session = useSession()
  const own = session.data?.administrator?.language ?? null
  useEffect(() => {
    if (own !== null && chosenLanguage() === null) void change(own)
  }, [own, change])
  useEffect(() => {
    document.documentElement.lang = spoken.language
  }, [spoken.language])

  return (
    <Speech value={speech}>
      <FluentProvider theme={isDark ? webDarkTheme : webLightTheme}>
        <div className="app">
          <LaterPart fallback={<Waiting />}>
            <Content />
          </LaterPart>
        </div>
        <ToastPlace />
      </FluentProvider>
    </Speech>
  )
}

function Content() {
  const session = useSession()
  const pages = useRoutes(PAGE_ROUTES)
  const isEnded = useEnded()
  if (session.isPending) return <Waiting />
  if (session.data === undefined) return <RefusalBar thrown={session.error} />
  if (session.data === null) return <SignInPage />
  if (session.data.mustChangePassword) return <ChangePasswordPage isForced />
  return (
    <>
      {/* Somebody else who signs in finds nothing that the one before has typed. */}
      <Fragment key={session.data.identity}>{pages}</Fragment>
      {isEnded && <SignInAgain />}
    </>
  )
}

const Waiting = () => (
  <div className="waiting">
    <Spinner />
  </div>
)
