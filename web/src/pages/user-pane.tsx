/** One user of a batch: how far, how fast, and what is wrong with what to do about it. */
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation, useParams } from 'react-router'
import { Refusal } from '../api.ts'
import { paths } from '../paths.ts'
import { Facts } from '../ui/facts.tsx'
import { formatBytes, formatDate, formatNumber } from '../ui/format.ts'
import { Pane } from '../ui/pane.tsx'
import { ErrorBar, RefusalBar } from '../ui/refusal-bar.tsx'
import { UserStatusBadge } from '../ui/status-badge.tsx'
import { useSpeech } from '../words/words.ts'
import { userQuery } from './batch-queries.ts'
import { Loading } from '../ui/loading.tsx'

export default function UserPane() {
  const { batch = '', user: identity = '' } = useParams()
  const { search } = useLocation()
  const { words, language } = useSpeech()
  const { data: user, error } = useQuery(userQuery(batch, identity))
  const isGone = error instanceof Refusal && error.code === 'OBJECT_NOT_FOUND'
  return (
    <Pane
      key={identity}
      title={user?.identity ?? identity}
      closeTo={paths.batches()}
      above={<Link to={paths.batch(batch) + search}>{words.user.backToBatch(batch)}</Link>}
    >
      {isGone ? <p>{words.user.gone}</p> : <RefusalBar thrown={error} />}
      {user === undefined && error === null && <Loading />}
      {user !== undefined && !isGone && (
        <>
          <div className="pane-status">
            <UserStatusBadge status={user.status} />
          </div>
          {user.error !== '' && <ErrorBar title={words.user.error} detail={user.error} remedy={user.errorRemedy} />}
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
              [words.user.rate, words.user.perMinute(formatBytes(language, user.bytesTransferredPerMinute))],
              [words.user.lastSync, formatDate(language, user.lastSuccessfulSyncTime)],
              [words.batch.database, user.targetDatabase],
              [words.user.row, formatNumber(language, user.rowNumber)],
              [words.user.queued, user.queuedDuration],
              [words.user.inProgress, user.inProgressDuration],
              [words.user.syncedDuration, user.syncedDuration],
              [words.user.stalled, user.stalledDuration],
            ]}
          />
        </>
      )}
    </Pane>
  )
}
