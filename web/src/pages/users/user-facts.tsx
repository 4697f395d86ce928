import { Link } from 'react-router'
import type { MigrationUserStatistics } from '#contract/user.ts'
import { paths } from '../../paths.ts'
import { formatDuration } from '../../ui/duration.ts'
import { Facts } from '../../ui/facts.tsx'
import { formatBytes, formatNumber } from '../../ui/format.ts'
import { When } from '../../ui/when.tsx'
import { useSpeech } from '../../words/words.ts'

export function UserFacts({ user }: { readonly user: MigrationUserStatistics }) {
  const { words, language } = useSpeech()
  const duration = (span: string) => formatDuration(words, span)
  return (
    <Facts
      rows={[
        user.errorType === '' ? null : [words.user.errorType, user.errorType],
        [
          words.users.columns.syncedItems,
          user.estimatedTotalTransferCount === null
            ? formatNumber(language, user.syncedItemCount)
            : words.user.itemsOf(user.syncedItemCount, user.estimatedTotalTransferCount),
        ],
        [words.users.columns.skippedItems, formatNumber(language, user.skippedItemCount)],
        [words.user.folders, formatNumber(language, user.syncedFolderCount)],
        [words.batch.bytes, formatBytes(language, user.bytesTransferred)],
        [
          words.user.rate,
          user.bytesTransferredPerMinute === 0
            ? '—'
            : words.user.perMinute(formatBytes(language, user.bytesTransferredPerMinute)),
        ],
        [words.user.lastSync, <When key="last" at={user.lastSuccessfulSyncTime} both />],
        user.nextSyncTime === null ? null : [words.user.nextSync, <When key="next" at={user.nextSyncTime} both />],
        user.startAfter === null ? null : [words.user.startAfter, <When key="after" at={user.startAfter} both />],
        [
          words.user.batch,
          <Link key="batch" to={paths.batch(user.batchId)}>
            {user.batchId}
          </Link>,
        ],
        [words.user.row, formatNumber(language, user.rowNumber)],
        [words.user.source, user.remoteIdentifier],
        [words.batch.database, user.targetDatabase],
        [words.user.queued, duration(user.queuedDuration)],
        [words.user.inProgress, duration(user.inProgressDuration)],
        [words.user.syncedDuration, duration(user.syncedDuration)],
        [words.user.stalled, duration(user.stalledDuration)],
      ]}
    />
  )
}
