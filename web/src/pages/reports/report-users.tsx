/** Mailboxes of a batch in its report: those that failed, those with skipped messages, and all. */
import { Button } from '@fluentui/react-components'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useDeferredValue } from 'react'
import type { ReportUser } from '#contract/organization.ts'
import { formatBytes, formatDate, formatNumber } from '../../ui/format.ts'
import { Loading } from '../../ui/loading.tsx'
import { type PlainColumn, PlainTable } from '../../ui/plain-table.tsx'
import { RefusalBar } from '../../ui/refusal-bar.tsx'
import { UserStatusBadge } from '../../ui/status-badge.tsx'
import { translated } from '../../words/said.ts'
import { useSpeech, useWords } from '../../words/words.ts'
import { type Shown, reportUsersQuery } from './report-queries.ts'

/** So many rows are laid out before anything is shown; the others follow while the page is read already. */
const FIRST_ROWS = 50

type Column = PlainColumn<ReportUser>

interface OfBatch {
  readonly batch: string
}

export function FailedUsers({ batch }: OfBatch) {
  const { reports: words } = useWords()
  const { user, status } = useCommon()
  const error = {
    label: words.error,
    wraps: true,
    show: ({ error: what, errorRemedy }: ReportUser) => `${what} ${translated(errorRemedy)}`.trim() || '—',
  }
  return (
    <Users batch={batch} show="Failed" label={words.failures} none={words.noFailures} columns={[user, status, error]} />
  )
}

export function SkippedUsers({ batch }: OfBatch) {
  const { reports: words } = useWords()
  const { user, status, copied, skipped } = useCommon()
  return (
    <Users
      batch={batch}
      show="Skipped"
      label={words.skips}
      none={words.noSkips}
      columns={[user, status, copied, skipped]}
    />
  )
}

export function AllUsers({ batch }: OfBatch) {
  const { words, language } = useSpeech()
  const { reports: labels } = words
  const { user, status, copied, skipped } = useCommon()
  const columns: readonly Column[] = [
    user,
    status,
    {
      label: labels.inSource,
      isNumber: true,
      show: ({ itemsInSource }) => (itemsInSource === null ? '—' : formatNumber(language, itemsInSource)),
    },
    copied,
    skipped,
    { label: labels.bytes, isNumber: true, show: ({ bytesTransferred }) => formatBytes(language, bytesTransferred) },
    {
      label: labels.lastSync,
      wraps: true,
      show: ({ lastSuccessfulSyncTime }) => formatDate(language, lastSuccessfulSyncTime),
    },
  ]
  return <Users batch={batch} show="All" label={labels.all} none={words.none} columns={columns} />
}

function useCommon() {
  const { words, language } = useSpeech()
  const { reports: labels } = words
  const user: Column = {
    label: labels.user,
    wraps: true,
    show: ({ identity, removedBefore }) => (removedBefore ? `${identity} (${labels.takenOut})` : identity),
  }
  const status: Column = {
    label: labels.status,
    wraps: true,
    show: ({ status: one }) => <UserStatusBadge status={one} />,
  }
  const copied: Column = {
    label: labels.copied,
    isNumber: true,
    show: ({ itemsSynced }) => formatNumber(language, itemsSynced),
  }
  const skipped: Column = {
    label: labels.skippedShort,
    isNumber: true,
    show: ({ itemsSkipped }) => formatNumber(language, itemsSkipped),
  }
  return { user, status, copied, skipped }
}

interface UsersProps extends OfBatch {
  readonly show: Shown
  readonly label: string
  readonly none: string
  readonly columns: readonly Column[]
}

function Users({ batch, show, none, ...table }: UsersProps) {
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    reportUsersQuery(batch, show),
  )
  if (isPending) return <Loading />
  if (data === undefined) return <RefusalBar thrown={error} />
  const users = data.pages.flatMap(({ items }) => items)
  if (users.length === 0) return <p>{none}</p>
  return (
    <UsersTable
      {...table}
      className={`report-table report-${show.toLowerCase()}`}
      users={users}
      total={data.pages.at(-1)?.total ?? users.length}
      more={hasNextPage ? () => void fetchNextPage() : null}
      isWaiting={isFetchingNextPage}
    />
  )
}

interface UsersTableProps extends Pick<UsersProps, 'label' | 'columns'> {
  readonly className: string
  readonly users: readonly ReportUser[]
  readonly total: number
  readonly more: (() => void) | null
  readonly isWaiting: boolean
}

function UsersTable({ label, className, columns, users, total, more, isWaiting }: UsersTableProps) {
  const { reports: words } = useWords()
  const shownUsers = useDeferredValue(users, users.slice(0, FIRST_ROWS))
  return (
    <>
      <PlainTable
        label={label}
        className={className}
        isScrolled
        items={shownUsers}
        keyOf={({ guid }) => guid}
        columns={columns}
      />
      {shownUsers.length < total && (
        <p className="report-more">
          {words.shownOf(shownUsers.length, total)}{' '}
          {more !== null && (
            <Button size="small" disabled={isWaiting} onClick={more}>
              {words.more}
            </Button>
          )}
        </p>
      )}
    </>
  )
}
