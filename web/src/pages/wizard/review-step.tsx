import { Facts } from '../../ui/facts.tsx'
import { useWords } from '../../words/words.ts'
import { nameOf, recipientsOf } from './draft.ts'
import type { StepProps } from './steps.ts'

export function ReviewStep({ draft }: StepProps) {
  const words = useWords()
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
          [words.wizard.start, draft.startNow ? words.wizard.startNow : words.wizard.startManually],
          [words.batch.notifications, recipientsOf(draft).join(', ') || words.none],
        ]}
      />
    </>
  )
}
