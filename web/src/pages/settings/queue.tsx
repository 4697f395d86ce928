/** Reports that were sent, wait, or were given up: what was said, and when it is tried again. */
import { Badge } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { NOTIFICATION_STATES, type NotificationState } from '#contract/notification-kinds.ts'
import type { Notification } from '#contract/notification.ts'
import { paths } from '../../paths.ts'
import { FilterSelect } from '../../ui/filter-select.tsx'
import { formatNumber } from '../../ui/format.ts'
import { useListState } from '../../ui/list-state.ts'
import type { Column } from '../../ui/list-table.tsx'
import { SearchedList } from '../../ui/searched-list.tsx'
import { When } from '../../ui/when.tsx'
import { useSpeech, useWords } from '../../words/words.ts'
import { notificationsQuery } from './settings-queries.ts'

const COLOR = { Waiting: 'warning', Sent: 'success', Failed: 'danger' } as const satisfies Record<
  NotificationState,
  string
>

export function NotificationQueue() {
  const words = useWords()
  const labels = words.settings.queue
  const state = useListState('queue-', '')
  const status = NOTIFICATION_STATES.find((one) => one === state.get('show')) ?? null
  const list = useQuery(notificationsQuery(status, state.cursor))
  const columns = useColumns()
  return (
    <section aria-label={labels.title}>
      <p>{labels.lead}</p>
      <SearchedList
        words={labels}
        empty={status === null ? labels.empty : labels.none}
        query={list}
        filters={
          <FilterSelect label={words.users.filter} value={status ?? ''} onChange={(value) => state.set('show', value)}>
            <option value="">{words.users.all}</option>
            {NOTIFICATION_STATES.map((one) => (
              <option key={one} value={one}>
                {labels.states[one]}
              </option>
            ))}
          </FilterSelect>
        }
        className="queue-table"
        columns={columns}
        state={state}
        keyOf={({ identity, channel, recipient }) => `${identity} ${channel} ${recipient}`}
      />
    </section>
  )
}

function useColumns(): readonly Column<Notification>[] {
  const { words, language } = useSpeech()
  const { columns: labels, states } = words.settings.queue
  return [
    { name: 'created', label: labels.created, show: (one) => <When at={one.creationDateTime} /> },
    { name: 'batch', label: labels.batch, show: (one) => <Link to={paths.batch(one.batchId)}>{one.batchId}</Link> },
    { name: 'kind', label: labels.kind, show: (one) => words.settings.kinds[one.kind] },
    { name: 'recipient', label: labels.recipient, show: (one) => one.recipient },
    {
      name: 'status',
      label: labels.status,
      show: (one) => (
        <Badge appearance="tint" color={COLOR[one.status]}>
          {states[one.status]}
        </Badge>
      ),
    },
    {
      name: 'attempts',
      label: labels.attempts,
      isNumber: true,
      show: ({ attempts }) => formatNumber(language, attempts),
    },
    {
      name: 'next',
      label: labels.next,
      show: (one) => <When at={one.status === 'Waiting' ? one.nextAttemptDateTime : one.sentDateTime} />,
    },
    { name: 'message', label: labels.message, wraps: true, show: (one) => one.message },
  ]
}
