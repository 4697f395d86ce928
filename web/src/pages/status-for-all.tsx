/** "Status for all batches": mailboxes and batches over everything that there is, each number a way to what is behind it. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { BATCH_STATUSES } from '#contract/states.ts'
import { paths } from '../paths.ts'
import { formatNumber } from '../ui/format.ts'
import { useSpeech } from '../words/words.ts'
import { statisticsQuery } from './batch-queries.ts'

/** Batches with the most of them come first; no filter of mailboxes goes over several batches. */
const COUNTS = ['totalCount', 'syncedCount', 'finalizedCount', 'failedCount'] as const

export function StatusForAll() {
  const { words, language } = useSpeech()
  const { data } = useQuery(statisticsQuery)
  if (data === undefined) return <section className="status-for-all" aria-label={words.statusForAll.title} />
  return (
    <section className="status-for-all" aria-label={words.statusForAll.title}>
      <h2 className="status-for-all-title">{words.statusForAll.title}</h2>
      <dl>
        {COUNTS.map((name) => (
          <div key={name} className={name === 'failedCount' && data.failedCount > 0 ? 'bad' : ''}>
            <dt>{words.statusForAll[name]}</dt>
            <dd>
              <Link
                to={`${paths.batches()}?sort=-${name}`}
                aria-label={words.statusForAll.link(words.statusForAll[name], data[name])}
                title={words.statusForAll.most}
              >
                {formatNumber(language, data[name])}
              </Link>
            </dd>
          </div>
        ))}
      </dl>
      <ul aria-label={words.statusForAll.batches}>
        {BATCH_STATUSES.filter((status) => (data.batches[status] ?? 0) > 0).map((status) => (
          <li key={status}>
            <Link to={`${paths.batches()}?status=${status}`}>
              {words.batchStatus[status]} <strong>{formatNumber(language, data.batches[status] ?? 0)}</strong>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
