/** Which page is at which address (paths.ts says the same to those who link there). */
import type { ReactNode } from 'react'
import { matchRoutes, Navigate, type RouteObject } from 'react-router'
import { Layout } from './layout.tsx'
import { later, type LaterPage } from './later.tsx'
import { BatchesPage } from './pages/batches.tsx'
import { ChangePasswordPage } from './pages/change-password.tsx'
import { NoSuchPage } from './pages/no-such-page.tsx'
import { paths } from './paths.ts'

const at = (path: string, { Page, load }: LaterPage, children: RouteObject[] = []): RouteObject => ({
  path,
  element: <Page />,
  handle: load,
  children,
})
const here = (path: string, element: ReactNode, children: RouteObject[] = []): RouteObject => ({
  path,
  element,
  children,
})

const userPane = later(() => import('./pages/users/user-pane.tsx'))

export const PAGE_ROUTES: RouteObject[] = [
  {
    element: <Layout />,
    children: [
      { index: true, element: <Navigate to={paths.batches()} replace /> },
      at(
        'dashboard',
        later(() => import('./pages/dashboard.tsx')),
      ),
      here('migration', <Navigate to={paths.batches()} replace />),
      here('migration/batches', <BatchesPage />, [
        at(
          ':batch',
          later(() => import('./pages/batch-pane.tsx')),
        ),
        at(':batch/users/:user', userPane),
      ]),
      at(
        'migration/users',
        later(() => import('./pages/users/users.tsx')),
        [at(':user', userPane)],
      ),
      at(
        'migration/new-batch',
        later(() => import('./pages/new-batch.tsx')),
      ),
      at(
        'migration/endpoints',
        later(() => import('./pages/endpoints.tsx')),
        [
          at(
            ':endpoint',
            later(() => import('./pages/endpoint-pane.tsx')),
          ),
        ],
      ),
      at(
        'migration/databases',
        later(() => import('./pages/databases.tsx')),
        [
          at(
            ':database',
            later(() => import('./pages/database-pane.tsx')),
          ),
        ],
      ),
      at(
        'migration/workers',
        later(() => import('./pages/workers.tsx')),
      ),
      here('settings', <Navigate to={paths.settings('migration')} replace />),
      at(
        'settings/:part',
        later(() => import('./pages/settings.tsx')),
      ),
      at(
        'reports',
        later(() => import('./pages/reports.tsx')),
      ),
      at(
        'reports/:report',
        later(() => import('./pages/report.tsx')),
      ),
      at(
        'organization/administrators',
        later(() => import('./pages/administrators.tsx')),
        [
          at(
            ':administrator',
            later(() => import('./pages/administrator-pane.tsx')),
          ),
        ],
      ),
      at(
        'organization/tokens',
        later(() => import('./pages/tokens.tsx')),
      ),
      at(
        'organization/audit-log',
        later(() => import('./pages/audit-log.tsx')),
        [
          at(
            ':entry',
            later(() => import('./pages/audit-entry.tsx')),
          ),
        ],
      ),
      at(
        'account',
        later(() => import('./pages/account.tsx')),
      ),
      here('account/password', <ChangePasswordPage />),
      here('*', <NoSuchPage />),
    ],
  },
]

/** Brings the scripts of a page and of its pane. Those that do not come are asked for again when they are shown, and say so. */
export async function loadPage(path: string): Promise<void> {
  const handles = (matchRoutes(PAGE_ROUTES, path) ?? []).map(
    ({ route }) => route.handle as LaterPage['load'] | undefined,
  )
  await Promise.allSettled(handles.map(async (load) => load?.()))
}
