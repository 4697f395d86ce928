/** The pages that one may see, in groups; on narrow screens behind a button. */
import { Button } from '@fluentui/react-components'
import { NavigationRegular } from '@fluentui/react-icons/svg/navigation'
import { Fragment, useEffect, useState } from 'react'
import { NavLink, useLocation } from 'react-router'
import type { Scope } from '#contract/organization.ts'
import { paths } from './paths.ts'
import { useMay } from './session.ts'
import type { Words } from './words/en.ts'
import { useWords } from './words/words.ts'

type Names = Words['navigation']

interface Place {
  readonly name: keyof { [Key in keyof Names as Names[Key] extends string ? Key : never]: true }
  readonly to: string
  /** Whoever may less does not see it. */
  readonly scope: Scope
}

const GROUPS: readonly { readonly name: Place['name']; readonly places: readonly Place[] }[] = [
  {
    name: 'migration',
    places: [{ name: 'batches', to: paths.batches(), scope: 'view' }],
  },
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
          const shown = places.filter(({ scope }) => may[scope])
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
