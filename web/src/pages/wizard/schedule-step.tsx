import { ReportFields } from '../../forms/choices/report-fields.tsx'
import { ScheduleFields } from '../../forms/choices/schedule-fields.tsx'
import { useWords } from '../../words/words.ts'
import type { StepProps } from './steps.ts'

export function ScheduleStep({ draft, change, isTold }: StepProps) {
  const words = useWords()
  return (
    <>
      <p>{words.wizard.scheduleLead}</p>
      <ScheduleFields
        value={draft.schedule}
        onChange={(changes) => change({ schedule: { ...draft.schedule, ...changes } })}
      />
      <ReportFields value={draft} onChange={change} isTold={isTold} />
    </>
  )
}
