/** What the lists of users show; the error stands where it is seen without scrolling. */
import { Link } from 'react-router'
import type { MigrationUser } from '#contract/user.ts'
import { paths } from '../../paths.ts'
import { formatBytes, formatNumber } from '../../ui/format.ts'
import type { Column } from '../../ui/list-table.tsx'
import { UserStatusBadge } from '../../ui/status-badge.tsx'
import { When } from '../../ui/when.tsx'
import { useSpeech } from '../../words/words.ts'

export function useUserColumns(ofAllBatches: boolean): readonly Column<MigrationUser>[] {
  const { words, language } = useSpeech()
  const labels = words.users.columns
  const bytes = (count: number) => (count === 0 ? '—' : formatBytes(language, count))
  const batch: Column<MigrationUser> = {
    name: 'batchId',
    label: labels.batch,
    isSorted: true,
    isMinor: true,
    show: ({ batchId }) => (
      <Link to={paths.batch(batchId)} onClick={(event) => event.stopPropagation()}>
        {batchId}
      </Link>
    ),
  }
  return [
    { name: 'identity', label: labels.identity, isSorted: true, show: ({ identity }) => identity },
    { name: 'status', label: labels.status, isSorted: true, show: ({ status }) => <UserStatusBadge status={status} /> },
    ...(ofAllBatches ? [batch] : []),
    {
      name: 'errorSummary',
      label: labels.error,
      isSorted: true,
      wraps: true,
      show: ({ errorSummary }) => <span className="short-error">{errorSummary}</span>,
    },
    {
      name: 'syncedItemCount',
      label: labels.syncedItems,
      isSorted: true,
      isNumber: true,
      show: ({ syncedItemCount, estimatedTotalTransferCount }) =>
        estimatedTotalTransferCount === null
          ? formatNumber(language, syncedItemCount)
          : words.user.itemsOf(syncedItemCount, estimatedTotalTransferCount),
    },
    {
      name: 'skippedItemCount',
      label: labels.skippedItems,
      isSorted: true,
      isNumber: true,
      isMinor: true,
      show: ({ skippedItemCount }) => formatNumber(language, skippedItemCount),
    },
    {
      name: 'bytesTransferred',
      label: labels.bytes,
      isSorted: true,
      isNumber: true,
      isMinor: true,
      show: ({ bytesTransferred }) => bytes(bytesTransferred),
    },
    {
      name: 'bytesTransferredPerMinute',
      label: labels.rate,
      isSorted: true,
      isNumber: true,
      isMinor: true,
      show: ({ bytesTransferredPerMinute }) => bytes(bytesTransferredPerMinute),
    },
    {
      name: 'lastSuccessfulSyncTime',
      label: labels.lastSync,
      isSorted: true,
      isMinor: true,
      show: ({ lastSuccessfulSyncTime }) => <When at={lastSuccessfulSyncTime} />,
    },
  ]
}
