/** Batches that run, how far they are and when they will be through. */
import { ProgressBar } from '@fluentui/react-components'
import { Link } from 'react-router'
import type { Dashboard } from '#contract/dashboard.ts'
import { paths, usersShown } from '../../paths.ts'
import { formatNumber, formatPercent } from '../../ui/format.ts'
import { PlainTable } from '../../ui/plain-table.tsx'
import { BatchStatusBadge } from '../../ui/status-badge.tsx'
import { When } from '../../ui/when.tsx'
import { useSpeech } from '../../words/words.ts'
import { formatRate } from '../rate-columns.tsx'
import { Part } from './part.tsx'

export function Running({ running }: { readonly running: Dashboard['running'] }) {
  const { words, language } = useSpeech()
  const { columns } = words.batches
  const own = words.dashboard
  return (
    <Part title={own.running} isWide empty={running.length === 0 ? own.nothingRuns : null}>
      <PlainTable
        label={own.running}
        className="running-table"
        items={running}
        keyOf={({ batchGuid }) => batchGuid}
        columns={[
          {
            label: columns.identity,
            show: ({ identity }) => <Link to={paths.batch(identity)}>{identity}</Link>,
          },
          { label: columns.status, show: ({ status }) => <BatchStatusBadge status={status} /> },
          {
            label: columns.percentageSynced,
            show: ({ identity, percentageSynced }) => (
              <span className="progress-cell">
                <ProgressBar aria-label={own.progressOf(identity)} value={percentageSynced / 100} />
                {formatPercent(language, percentageSynced)}
              </span>
            ),
          },
          { label: columns.totalCount, isNumber: true, show: (batch) => formatNumber(language, batch.totalCount) },
          {
            label: columns.failedCount,
            isNumber: true,
            show: ({ identity, failedCount }) =>
              failedCount === 0 ? (
                '0'
              ) : (
                <Link
                  to={usersShown({ batch: identity, show: 'Failed' })}
                  aria-label={own.failedOf(failedCount, identity)}
                >
                  {formatNumber(language, failedCount)}
                </Link>
              ),
          },
          { label: own.columns.rate, isNumber: true, show: (batch) => formatRate(words, language, batch) },
          { label: own.columns.end, show: (batch) => <When at={batch.estimatedCompletionDateTime} /> },
        ]}
      />
    </Part>
  )
}
