/** The steps in their order, and what each still wants. */
import { isName } from '#contract/names.ts'
import { wrongRecipient } from '../../forms/choices/recipients.ts'
import { startAfterOf } from '../../forms/choices/schedule.ts'
import type { Words } from '../../words/en.ts'
import { type Changes, type Draft, isEnded, nameOf } from './draft.ts'
import type { UsersWork } from './use-users.ts'

export const STEPS = ['name', 'prerequisites', 'endpoint', 'users', 'configuration', 'schedule', 'review'] as const
export type Step = (typeof STEPS)[number]

export interface StepProps {
  readonly draft: Draft
  change(changes: Changes): void
  readonly users: UsersWork
  /** What the service refused when a batch was to be created. */
  readonly refusal: unknown
  /** Whoever wants to go on is told what is missing. */
  readonly isTold: boolean
}

/** Null: one may go on. Empty: a field tells it. */
export function missingIn(step: Step, draft: Draft, words: Words): string | null {
  switch (step) {
    case 'name':
      return isName(nameOf(draft)) ? null : ''
    case 'prerequisites':
      return null
    case 'endpoint':
      return draft.endpoint === '' ? words.wizard.endpointMissing : null
    case 'users':
      if (draft.uploaded === null) return words.wizard.usersMissing
      if (isEnded(draft.uploaded)) return words.wizard.csvEnded
      return nameOf(draft) === '' ? words.wizard.nameMissing : null
    case 'configuration':
      return draft.database === '' ? words.wizard.databaseMissing : null
    case 'schedule': {
      if (draft.schedule.start === 'at' && startAfterOf(draft.schedule) === null) return ''
      return wrongRecipient(draft.recipients) === undefined ? null : ''
    }
    case 'review':
    default: {
      const step = firstMissing(draft, words)
      return step === null ? null : missingIn(step, draft, words)
    }
  }
}

/** The first step that still wants something; null: all is there. */
export const firstMissing = (draft: Draft, words: Words): Step | null =>
  STEPS.slice(0, -1).find((one) => missingIn(one, draft, words) !== null) ?? null

/** Where a field of NewBatch is entered. */
const STEP_OF: Readonly<Record<string, Step>> = {
  name: 'name',
  sourceEndpoint: 'endpoint',
  csvFile: 'users',
  targetDatabases: 'configuration',
  excludeFolders: 'configuration',
  includeFolders: 'configuration',
  contentFilter: 'configuration',
  startAfter: 'schedule',
  timeZone: 'schedule',
  notificationEmails: 'schedule',
  reportInterval: 'schedule',
}
export const stepOf = (field: string): Step | null => STEP_OF[field.split('.')[0]!] ?? null
