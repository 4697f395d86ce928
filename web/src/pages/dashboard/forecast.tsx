/** When the whole migration is done, as a range; or why that cannot be said. */
import type { Dashboard } from '#contract/dashboard.ts'
import { formatDate, formatNumber } from '../../ui/format.ts'
import { Facts } from '../../ui/facts.tsx'
import { formatSeconds } from '../../ui/seconds.ts'
import { useSpeech } from '../../words/words.ts'
import { Part } from './part.tsx'

export function Forecast({ forecast }: { readonly forecast: Dashboard['forecast'] }) {
  const { words, language } = useSpeech()
  const own = words.dashboard
  const { reason, earliest, expected, latest, mailboxesLeft, itemsLeft, itemsPerHour, samples } = forecast
  const left = (at: string) => formatSeconds(words, (Date.parse(at) - Date.now()) / 1000)
  return (
    <Part title={own.forecast} empty={reason === 'NothingLeft' ? own.noForecast.NothingLeft : null}>
      {reason !== null && <p>{own.noForecast[reason]}</p>}
      {earliest !== null && expected !== null && latest !== null && (
        <>
          <p className="large-figure">{own.about(left(expected))}</p>
          <p>
            {own.range(left(earliest), left(latest))}{' '}
            <span className="small">
              {own.rangeDates(formatDate(language, earliest), formatDate(language, latest))}
            </span>
          </p>
        </>
      )}
      <Facts
        rows={[
          [own.mailboxesLeft, formatNumber(language, mailboxesLeft)],
          itemsLeft === null ? null : [own.itemsLeft, formatNumber(language, itemsLeft)],
          itemsPerHour === null
            ? null
            : [
                own.perHour,
                own.perHourRange(formatNumber(language, itemsPerHour.low), formatNumber(language, itemsPerHour.high)),
              ],
        ]}
      />
      {reason === null && <p className="small">{own.forecastHow(samples)}</p>}
    </Part>
  )
}
