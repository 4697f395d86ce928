/** Any address may be typed or sent; what one's role may not do there is said at once, not by the end of a form. */
import type { ReactNode } from 'react'
import { Link, matchRoutes, useLocation } from 'react-router'
import type { Scope } from '#contract/organization.ts'
import { type PathName, paths, SCOPE_OF_PATH } from './paths.ts'
import { useMay, useSession } from './session.ts'
import { usePageTitle } from './ui/page-title.tsx'
import { useWords } from './words/words.ts'

const patternOf = (name: PathName): string => {
  const address: (...parts: string[]) => string = paths[name]
  return decodeURIComponent(address(...Array.from({ length: address.length }, (_, at) => `:part${at}`))).split('?')[0]!
}
const PATTERNS = Object.keys(paths).map((name) => ({ id: name, path: patternOf(name as PathName) }))

/** As the router finds its pages: of two patterns the more exact one. */
export function scopeAt(pathname: string): Scope {
  const id = matchRoutes(PATTERNS, pathname)?.at(-1)?.route.id as PathName | undefined
  return id === undefined ? 'view' : SCOPE_OF_PATH[id]
}

export function OnlyWhoMay({ children }: { readonly children: ReactNode }) {
  const { pathname } = useLocation()
  const scope = scopeAt(pathname)
  return useMay(scope) ? children : <MayNot scope={scope} />
}

function MayNot({ scope }: { readonly scope: Scope }) {
  const words = useWords()
  const { data: session } = useSession()
  usePageTitle(words.account.mayNot)
  const roles = session?.administrator?.roles ?? []
  const { role } = words.account
  return (
    <div className="page">
      <h1>{words.account.mayNot}</h1>
      <p>{words.account.mayNotWhy(role[ROLE_OF[scope]].name, roles.map((held) => role[held].name).join(', '))}</p>
      <p>
        <Link to={paths.batches()}>{words.toBatches}</Link>
      </p>
    </div>
  )
}

/** Other than `administrator.ts` of the contract this is free of zod, which is too much for a sign-in page. */
const ROLE_OF = { view: 'ViewOnly', migration: 'Migration', organization: 'OrganizationManagement' } as const
