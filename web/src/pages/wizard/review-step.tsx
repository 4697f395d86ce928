import { Facts } from '../../ui/facts.tsx'
import { useSpeech } from '../../words/words.ts'
import { recipientsOf } from '../../forms/choices/recipients.ts'
import { startAfterOf } from '../../forms/choices/schedule.ts'
import { formatDate } from '../../ui/format.ts'
import { nameOf } from './draft.ts'
import type { StepProps } from './steps.ts'

export function ReviewStep({ draft }: StepProps) {
  const { words, language } = useSpeech()
  const { start } = draft.schedule
  const starts = {
    now: words.choices.startNow,
    manually: words.choices.startManually,
    at: formatDate(language, startAfterOf(draft.schedule)),
  }
  const bad = draft.csv?.badRows.length ?? 0
  return (
    <>
      <p>{words.wizard.reviewLead}</p>
      <Facts
        rows={[
          [words.wizard.name, nameOf(draft)],
          [words.wizard.csv, draft.csv === null ? words.none : draft.csv.fileName],
          [words.wizard.steps.users, draft.csv === null ? words.none : words.wizard.csvToMigrate(draft.csv.users)],
          bad === 0 ? null : [words.wizard.csvProblem, words.wizard.csvFaults(bad)],
          [words.wizard.endpoint, draft.endpoint || words.none],
          [words.wizard.database, draft.database || words.none],
          [words.choices.exclude, draft.excludeFolders.join(', ') || words.none],
          draft.includeFolders.length === 0 ? null : [words.choices.include, draft.includeFolders.join(', ')],
          draft.contentFilter === '' ? null : [words.choices.filter, draft.contentFilter],
          [words.choices.start, starts[start]],
          [words.batch.notifications, recipientsOf(draft.recipients).join(', ') || words.none],
        ]}
      />
    </>
  )
}
