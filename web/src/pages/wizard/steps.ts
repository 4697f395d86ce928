/** The steps in their order, and what each still wants. */
import type { Words } from '../../words/en.ts'
import { wrongRecipient } from '../../forms/choices/recipients.ts'
import { startAfterOf } from '../../forms/choices/schedule.ts'
import { type Draft, isEnded, nameOf } from './draft.ts'

export const STEPS = ['users', 'endpoint', 'database', 'start', 'review'] as const
export type Step = (typeof STEPS)[number]

export interface StepProps {
  readonly draft: Draft
  change(changes: Partial<Draft>): void
  /** What the service refused when the batch was to be created. */
  readonly refusal: unknown
  /** Whoever wants to go on is told what is missing. */
  readonly isTold: boolean
}

/** Null: one may go on. Empty: a field tells it. */
export function missingIn(step: Step, draft: Draft, words: Words): string | null {
  switch (step) {
    case 'users':
      if (draft.csv === null) return words.wizard.csvMissing
      if (isEnded(draft)) return words.wizard.csvEnded
      if (draft.csv.users === 0) return words.wizard.csvNobody
      return nameOf(draft).trim() === '' ? words.wizard.nameMissing : null
    case 'endpoint':
      return draft.endpoint === '' ? words.wizard.endpointMissing : null
    case 'database':
      return draft.database === '' ? words.wizard.databaseMissing : null
    case 'start': {
      if (draft.schedule.start === 'at' && startAfterOf(draft.schedule) === null) return ''
      return wrongRecipient(draft.recipients) === undefined ? null : ''
    }
    case 'review':
    default:
      return STEPS.slice(0, -1).reduce<string | null>((found, one) => found ?? missingIn(one, draft, words), null)
  }
}
