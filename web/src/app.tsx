/** What is shown to whom: the sign-in to nobody in particular, the pages to who is signed in. */
import { FluentProvider, Spinner, webDarkTheme, webLightTheme } from '@fluentui/react-components'
import { lazy, Suspense, useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { Navigate, Route, Routes } from 'react-router'
import { Layout } from './layout.tsx'
import { BatchesPage } from './pages/batches.tsx'
import { ChangePasswordPage } from './pages/change-password.tsx'
import { NoSuchPage } from './pages/no-such-page.tsx'
import { SignInPage } from './pages/sign-in.tsx'
import { paths } from './paths.ts'
import { useSession } from './session.ts'
import { ErrorEdge } from './ui/error-edge.tsx'
import { RefusalBar } from './ui/refusal-bar.tsx'
import { ToastPlace } from './ui/toasts.tsx'
import type { Words } from './words/en.ts'
import { chosenLanguage, keepLanguage, type Language, Speech, wordsOf } from './words/words.ts'

const DashboardPage = lazy(() => import('./pages/dashboard.tsx'))
const NewBatchPage = lazy(() => import('./pages/new-batch.tsx'))
const AccountPage = lazy(() => import('./pages/account.tsx'))
const AdministratorsPage = lazy(() => import('./pages/administrators.tsx'))
const AdministratorPane = lazy(() => import('./pages/administrator-pane.tsx'))
const AuditLogPage = lazy(() => import('./pages/audit-log.tsx'))
const AuditEntryPane = lazy(() => import('./pages/audit-entry.tsx'))
const ReportsPage = lazy(() => import('./pages/reports.tsx'))
const ReportPage = lazy(() => import('./pages/report.tsx'))
const TokensPage = lazy(() => import('./pages/tokens.tsx'))
const BatchPane = lazy(() => import('./pages/batch-pane.tsx'))
const EndpointsPage = lazy(() => import('./pages/endpoints.tsx'))
const WorkersPage = lazy(() => import('./pages/workers.tsx'))
const SettingsPage = lazy(() => import('./pages/settings.tsx'))
const DatabasesPage = lazy(() => import('./pages/databases.tsx'))
const DatabasePane = lazy(() => import('./pages/database-pane.tsx'))
const EndpointPane = lazy(() => import('./pages/endpoint-pane.tsx'))
const UsersPage = lazy(() => import('./pages/users/users.tsx'))
const UserPane = lazy(() => import('./pages/users/user-pane.tsx'))

const dark = matchMedia('(prefers-color-scheme: dark)')
const subscribe = (told: () => void) => {
  dark.addEventListener('change', told)
  return () => dark.removeEventListener('change', told)
}

export function App({ first }: { readonly first: { readonly language: Language; readonly words: Words } }) {
  const isDark = useSyncExternalStore(subscribe, () => dark.matches)
  const [spoken, setSpoken] = useState(first)
  const change = useCallback(async (language: Language) => setSpoken({ language, words: await wordsOf(language) }), [])
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
          <ErrorEdge>
            <Suspense fallback={<Waiting />}>
              <Content />
            </Suspense>
          </ErrorEdge>
        </div>
        <ToastPlace />
      </FluentProvider>
    </Speech>
  )
}

function Content() {
  const session = useSession()
  if (session.isPending) return <Waiting />
  if (session.data === undefined) return <RefusalBar thrown={session.error} />
  if (session.data === null) return <SignInPage />
  if (session.data.mustChangePassword) return <ChangePasswordPage isForced />
  return (
    <Routes>
      <Route element={<Layout />}>
        <Route index element={<Navigate to={paths.batches()} replace />} />
        <Route path="dashboard" element={<DashboardPage />} />
        <Route path="migration" element={<Navigate to={paths.batches()} replace />} />
        <Route path="migration/batches" element={<BatchesPage />}>
          <Route path=":batch" element={<BatchPane />} />
          <Route path=":batch/users/:user" element={<UserPane />} />
        </Route>
        <Route path="migration/users" element={<UsersPage />}>
          <Route path=":user" element={<UserPane />} />
        </Route>
        <Route path="migration/new-batch" element={<NewBatchPage />} />
        <Route path="migration/endpoints" element={<EndpointsPage />}>
          <Route path=":endpoint" element={<EndpointPane />} />
        </Route>
        <Route path="migration/databases" element={<DatabasesPage />}>
          <Route path=":database" element={<DatabasePane />} />
        </Route>
        <Route path="migration/workers" element={<WorkersPage />} />
        <Route path="settings" element={<Navigate to={paths.settings('migration')} replace />} />
        <Route path="settings/:part" element={<SettingsPage />} />
        <Route path="reports" element={<ReportsPage />} />
        <Route path="reports/:report" element={<ReportPage />} />
        <Route path="organization/administrators" element={<AdministratorsPage />}>
          <Route path=":administrator" element={<AdministratorPane />} />
        </Route>
        <Route path="organization/tokens" element={<TokensPage />} />
        <Route path="organization/audit-log" element={<AuditLogPage />}>
          <Route path=":entry" element={<AuditEntryPane />} />
        </Route>
        <Route path="account" element={<AccountPage />} />
        <Route path="account/password" element={<ChangePasswordPage />} />
        <Route path="*" element={<NoSuchPage />} />
      </Route>
    </Routes>
  )
}

const Waiting = () => (
  <div className="waiting">
    <Spinner />
  </div>
)
