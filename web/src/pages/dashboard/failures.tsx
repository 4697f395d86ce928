/** What is wrong and with how many; each number leads to just those mailboxes. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import type { Failure } from '#contract/dashboard.ts'
import { codesOf } from '#contract/exchange-errors.ts'
import { usersShown } from '../../paths.ts'
import { formatNumber } from '../../ui/format.ts'
import { Loading } from '../../ui/loading.tsx'
import { PlainTable } from '../../ui/plain-table.tsx'
import { RefusalBar } from '../../ui/refusal-bar.tsx'
import { faultOf, translated } from '../../words/said.ts'
import { useSpeech } from '../../words/words.ts'
import { failuresQuery } from './dashboard-queries.ts'
import { Part } from './part.tsx'

/** So many batches of a cause are named; the number leads to all of its mailboxes. */
const NAMED = 5

const nameOf = (errorType: string) => faultOf(codesOf(errorType)[0]!)

export function Failures() {
  const { words, language } = useSpeech()
  const own = words.dashboard
  const { data, error, isPending } = useQuery(failuresQuery)
  const shown = (count: number, to: string, what: string) =>
    count === 0 ? (
      formatNumber(language, count)
    ) : (
      <Link to={to} aria-label={what}>
        {formatNumber(language, count)}
      </Link>
    )
  return (
    <Part title={own.failures} isWide empty={data?.items.length === 0 ? own.noFailures : null}>
      <RefusalBar thrown={error} />
      {isPending && <Loading />}
      {data !== undefined && (
        <PlainTable<Failure>
          label={own.failures}
          className="failures-table"
          items={data.items}
          keyOf={({ errorType }) => errorType}
          columns={[
            {
              label: own.cause,
              wraps: true,
              show: ({ errorType, message, remedy }) => (
                <>
                  <span className="cause">{errorType}</span>
                  {nameOf(errorType) !== null && <span className="block">{nameOf(errorType)}</span>}
                  <span className="block">{message}</span>
                  {remedy !== '' && (
                    <span className="block">
                      {words.whatToDo} {translated(remedy)}
                    </span>
                  )}
                </>
              ),
            },
            {
              label: words.batches.columns.failedCount,
              isNumber: true,
              show: ({ errorType, failedCount }) =>
                shown(
                  failedCount,
                  usersShown({ error: errorType, show: 'Failed' }),
                  own.failedWith(failedCount, errorType),
                ),
            },
            {
              label: own.retrying,
              isNumber: true,
              show: ({ errorType, retryingCount }) =>
                shown(
                  retryingCount,
                  usersShown({ error: errorType, show: 'Active' }),
                  own.retryingWith(retryingCount, errorType),
                ),
            },
            {
              label: words.navigation.batches,
              wraps: true,
              show: ({ errorType, batches }) => (
                <ul className="bare">
                  {batches.slice(0, NAMED).map(({ identity, batchGuid, failedCount, retryingCount }) => (
                    <li key={batchGuid}>
                      <Link
                        to={usersShown({
                          error: errorType,
                          show: failedCount > 0 ? 'Failed' : 'Active',
                          batch: identity,
                        })}
                      >
                        {identity}
                      </Link>{' '}
                      ({formatNumber(language, failedCount || retryingCount)})
                    </li>
                  ))}
                  {batches.length > NAMED && <li>{own.moreBatches(batches.length - NAMED)}</li>}
                </ul>
              ),
            },
          ]}
        />
      )}
    </Part>
  )
}
