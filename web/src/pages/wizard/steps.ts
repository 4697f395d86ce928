/** The steps in their order, and what each still wants. */
import type { Words } from '../../words/en.ts'
import { type Draft, isEnded, nameOf, wrongRecipient } from './draft.ts'

export const STEPS = ['users', 'endpoint', 'database', 'start', 'review'] as const
export type Step = (typeof STEPS)[number]

export interface StepProps {
  readonly draft: Draft
  change(changes: Partial<Draft>): void
}

/** Null: one may go on. */
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
      const wrong = wrongRecipient(draft)
      return wrong === undefined ? null : words.wizard.recipientsWrong(wrong)
    }
    case 'review':
    default:
      return STEPS.slice(0, -1).reduce<string | null>((found, one) => found ?? missingIn(one, draft, words), null)
  }
}
