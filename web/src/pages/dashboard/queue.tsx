/** Who waits, and for which slots. */
import { ProgressBar } from '@fluentui/react-components'
import { Link } from 'react-router'
import type { Dashboard } from '#contract/dashboard.ts'
import { paths } from '../../paths.ts'
import { formatNumber } from '../../ui/format.ts'
import { PlainTable } from '../../ui/plain-table.tsx'
import { useSpeech } from '../../words/words.ts'
import { Part } from './part.tsx'

export function Queue({ queue, workers }: Pick<Dashboard, 'queue' | 'workers'>) {
  const { words, language } = useSpeech()
  const own = words.dashboard
  return (
    <Part title={own.queue} empty={queue.length === 0 ? own.noEndpoints : null}>
      <p className={workers.count === 0 ? 'bad' : ''}>
        {workers.count === 0 ? own.noWorkers : own.workers(workers.count, workers.active, workers.capacity)}{' '}
        <Link to={paths.workers()}>{words.navigation.workers}</Link>
      </p>
      <PlainTable
        label={own.queue}
        className="queue-table"
        items={queue}
        keyOf={({ endpoint, kind }) => `${kind} ${endpoint}`}
        columns={[
          {
            label: own.endpoint,
            show: ({ endpoint }) => <Link to={paths.endpoint(endpoint)}>{endpoint}</Link>,
          },
          { label: own.kind, show: ({ kind }) => own.kinds[kind] },
          { label: own.waiting, isNumber: true, show: ({ waitingCount }) => formatNumber(language, waitingCount) },
          {
            label: own.slots,
            show: ({ endpoint, kind, usedSlots, maxSlots }) => (
              <span className="progress-cell">
                <ProgressBar aria-label={own.slotsOf(endpoint, own.kinds[kind])} value={usedSlots / maxSlots} />
                {own.slotsUsed(formatNumber(language, usedSlots), formatNumber(language, maxSlots))}
              </span>
            ),
          },
        ]}
      />
    </Part>
  )
}
