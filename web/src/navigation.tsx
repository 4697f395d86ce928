/** The pages that one may see, in groups; on narrow screens behind a button. */
import { Button } from '@fluentui/react-components'
import { NavigationRegular } from '@fluentui/react-icons/svg/navigation'
import { Fragment, useEffect, useState } from 'react'
import { NavLink, useLocation } from 'react-router'
import { scopeAt } from './may-not.tsx'
import { paths } from './paths.ts'
import { useMay } from './session.ts'
import type { Words } from './words/en.ts'
import { useWords } from './words/words.ts'

type Names = Words['navigation']

interface Place {
  readonly name: keyof { [Key in keyof Names as Names[Key] extends string ? Key : never]: true }
  /** Whoever may not open it does not see it. */
  readonly to: string
}

const GROUPS: readonly { readonly name: Place['name']; readonly places: readonly Place[] }[] = [
  {
    name: 'migration',
    places: [
      { name: 'dashboard', to: paths.dashboard() },
      { name: 'batches', to: paths.batches() },
      { name: 'users', to: paths.users() },
      { name: 'endpoints', to: paths.endpoints() },
      { name: 'databases', to: paths.databases() },
      { name: 'workers', to: paths.workers() },
      { name: 'reports', to: paths.reports() },
    ],
  },
  {
    name: 'organization',
    places: [
      { name: 'administrators', to: paths.administrators() },
      { name: 'tokens', to: paths.tokens() },
      { name: 'auditLog', to: paths.auditLog() },
    ],
  },
  { name: 'service', places: [{ name: 'settings', to: paths.settings('migration') }] },
]

export function Navigation() {
  const words = useWords()
  const { pathname } = useLocation()
  const [isOpen, setOpen] = useState(false)
  const may = { view: useMay('view'), migration: useMay('migration'), organization: useMay('organization') }
  useEffect(() => setOpen(false), [pathname])
  return (
    <nav className={isOpen ? 'navigation open' : 'navigation'} aria-label={words.navigation.name}>
      <Button
        className="navigation-button"
        appearance="subtle"
        icon={<NavigationRegular />}
        aria-expanded={isOpen}
        aria-controls="places"
        onClick={() => setOpen((before) => !before)}
      >
        {words.navigation.pages}
      </Button>
      <div className="navigation-places" id="places">
        {GROUPS.map(({ name, places }) => {
          const shown = places.filter(({ to }) => may[scopeAt(to)])
          return (
            shown.length > 0 && (
              <Fragment key={name}>
                <span className="navigation-group">{words.navigation[name]}</span>
                {shown.map((place) => (
                  <NavLink key={place.name} to={place.to}>
                    {words.navigation[place.name]}
                  </NavLink>
                ))}
              </Fragment>
            )
          )
        })}
      </div>
    </nav>
  )
}
