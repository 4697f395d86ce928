/** Around every page: the bar with the account, the navigation, and the place of the page. */
import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components'
import { PersonRegular } from '@fluentui/react-icons/svg/person'
import { useQueryClient } from '@tanstack/react-query'
import { Outlet, useLocation, useNavigate } from 'react-router'
import { ask } from './api.ts'
import { useLive } from './live.ts'
import { OnlyWhoMay } from './may-not.tsx'
import { Navigation } from './navigation.tsx'
import { paths } from './paths.ts'
import { useSending } from './sending.ts'
import { forget, sessionQuery, useEnded, useSession } from './session.ts'
import { LaterPart } from './ui/later-part.tsx'
import { Mark } from './ui/mark.tsx'
import { useTell } from './ui/toasts.tsx'
import { LANGUAGES, nameOfLanguage, useSpeech } from './words/words.ts'

export function Layout() {
  const { words, language, choose } = useSpeech()
  const { data: session } = useSession()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const tell = useTell()
  useLive(!useEnded())
  const signOut = useSending({
    mutationFn: () => ask('signOut'),
    async onSuccess({ providerSignOutUrl }) {
      // Where the provider began the session, it ends its own.
      if (providerSignOutUrl !== null) return location.assign(providerSignOutUrl)
      await navigate(paths.home(), { replace: true })
      client.setQueryData(sessionQuery.queryKey, null)
      forget(client)
    },
    onError: (thrown) => tell.failed(thrown, words.notReached),
  })
  const name = session?.administrator?.displayName || session?.identity || ''
  return (
    <>
      <a className="skip" href="#content">
        {words.skipToContent}
      </a>
      <header className="bar">
        <Mark />
        <span className="bar-product">{words.product}</span>
        <span className="bar-what">{words.adminCenter}</span>
        <Menu>
          <MenuTrigger disableButtonEnhancement>
            <Button
              appearance="transparent"
              className="bar-account"
              icon={<PersonRegular />}
              aria-label={words.navigation.account(name)}
            >
              <span className="bar-name">{name}</span>
            </Button>
          </MenuTrigger>
          <MenuPopover>
            <MenuList>
              <MenuItem onClick={() => void navigate(paths.account())}>{words.account.title}</MenuItem>
              {session?.administrator?.hasPassword && (
                <MenuItem onClick={() => void navigate(paths.password())}>{words.navigation.changePassword}</MenuItem>
              )}
              {LANGUAGES.filter((one) => one !== language).map((one) => (
                <MenuItem key={one} lang={one} onClick={() => choose(one)}>
                  {nameOfLanguage(one)}
                </MenuItem>
              ))}
              <MenuItem onClick={() => signOut.mutate()}>{words.navigation.signOut}</MenuItem>
            </MenuList>
          </MenuPopover>
        </Menu>
      </header>
      <div className="below-bar">
        <Navigation />
        <main id="content" className="content" tabIndex={-1}>
          <OnlyWhoMay>
            <LaterPart place={pathname}>
              <Outlet />
            </LaterPart>
          </OnlyWhoMay>
        </main>
      </div>
    </>
  )
}
