import { MessageBar, MessageBarBody, Spinner } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { recipientsOf } from '../../forms/choices/recipients.ts'
import { isSkipped, ownZone, startAfterOf } from '../../forms/choices/schedule.ts'
import { ErrorBar, RefusalBar } from '../../ui/refusal-bar.tsx'
import { Facts } from '../../ui/facts.tsx'
import { formatDate } from '../../ui/format.ts'
import { useSpeech } from '../../words/words.ts'
import { Checks } from './checks.tsx'
import { nameOf, nameOfPart } from './draft.ts'
import { RefusedRows } from './refused-rows.tsx'
import { moreRefused, serviceCheck } from './service-check.ts'
import type { StepProps } from './steps.ts'

export function ReviewStep({ draft, users }: StepProps) {
  const { words, language } = useSpeech()
  const { uploaded } = draft
  const check = useQuery(serviceCheck(draft))
  const more = check.data === undefined ? null : moreRefused(check.data, users.looked?.badNumbers ?? [])
  const { start, zone } = draft.schedule
  const startAfter = start === 'at' ? startAfterOf(draft.schedule) : null
  const startsThere = formatDate(language, startAfter, zone)
  const isPast = startAfter !== null && Date.parse(startAfter) <= Date.now()
  const starts = {
    now: words.choices.startNow,
    manually: words.choices.startManually,
    at: words.choices.startInZone(startsThere, zone.replaceAll('_', ' ')),
  }
  const intervals: Readonly<Record<string, string>> = words.choices.intervals
  const recipients = recipientsOf(draft.recipients)
  const parts = uploaded?.parts ?? []
  const names = parts.map((part, index) => part.created ?? nameOfPart(nameOf(draft), index, parts.length))
  return (
    <>
      <p>{words.wizard.reviewLead}</p>
      <Facts
        rows={[
          [words.wizard.name, nameOf(draft) || words.none],
          parts.length > 1
            ? [words.wizard.splitBatches(parts.length), words.wizard.splitNames(names[0] ?? '', names.at(-1) ?? '')]
            : null,
          [words.wizard.type, words.wizard.typeImap],
          draft.usersFrom === 'file' ? [words.wizard.csv, draft.fileName ?? words.none] : null,
          [
            words.wizard.steps.users,
            uploaded === null ? words.none : words.wizard.csvToMigrate(check.data?.users ?? uploaded.users),
          ],
          uploaded === null || uploaded.badCount === 0
            ? null
            : [words.wizard.csvProblem, words.wizard.csvFaults(uploaded.badCount)],
          [words.wizard.endpoint, draft.endpoint || words.none],
          [words.wizard.database, draft.database || words.none],
          [words.choices.exclude, draft.excludeFolders.join(', ') || words.none],
          draft.includeFolders.length === 0 ? null : [words.choices.include, draft.includeFolders.join(', ')],
          draft.contentFilter === '' ? null : [words.choices.filter, draft.contentFilter],
          draft.allowIncrementalSyncs ? null : [words.choices.incremental, words.no],
          [
            words.choices.start,
            startAfter === null || isPast || zone === ownZone()
              ? starts[start]
              : `${starts[start]}. ${words.choices.startsAt(formatDate(language, startAfter))}`,
          ],
          [words.batch.notifications, recipients.join(', ') || words.none],
          recipients.length === 0
            ? null
            : [
                words.choices.interval,
                draft.skipReports
                  ? words.choices.skipReports
                  : (intervals[draft.reportInterval] ?? words.choices.intervalOther(draft.reportInterval)),
              ],
        ]}
      />
      {startAfter !== null && (isPast || isSkipped(draft.schedule)) && (
        <MessageBar intent="warning" layout="multiline" role="status">
          <MessageBarBody>
            {isPast ? words.choices.startPast(starts.at) : words.choices.startSkipped(startsThere)}
          </MessageBarBody>
        </MessageBar>
      )}
      {check.isFetching && more === null && <Spinner label={words.wizard.refusedChecking} />}
      {check.data?.users === 0 && <ErrorBar detail={words.wizard.csvNobody} />}
      {more !== null && <RefusedRows usersFrom={draft.usersFrom} rows={more.rows} count={more.count} />}
      <RefusalBar thrown={check.error} />
      {draft.endpoint !== '' && draft.database !== '' && <Checks endpoint={draft.endpoint} database={draft.database} />}
    </>
  )
}
