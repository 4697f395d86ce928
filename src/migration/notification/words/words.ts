/** What the words of a language are: every sentence of a report, whole, for word order differs. */
import type { Language, NotificationKind } from '#contract/notification-kinds.ts'
import type { BatchStatus } from '#contract/states.ts'
import type { EndWhy } from '../../batch/end-why.ts'
import { ENGLISH } from './english.ts'
import { FRENCH } from './french.ts'

export interface Words {
  /** BCP 47, for the mail itself. */
  readonly tag: string
  /** For dates and numbers. */
  readonly locale: string
  /** B, kB, … */
  readonly units: readonly string[]
  readonly day: string
  /** Behind a label. */
  readonly colon: string
  readonly subject: (batch: string, kind: NotificationKind, hasErrors: boolean) => string
  readonly test: { readonly subject: string; readonly says: string }
  readonly heading: (kind: NotificationKind, hasErrors: boolean) => string
  /** Of a batch that will be stopped or removed by itself. */
  readonly expiring: {
    readonly subject: (batch: string, action: 'Stop' | 'Remove', at: string) => string
    readonly heading: (action: 'Stop' | 'Remove', at: string) => string
    readonly next: (action: 'Stop' | 'Remove') => string
  }
  /** Why it ends by itself, as a whole sentence. */
  readonly why: (why: EndWhy) => string
  readonly status: string
  readonly statuses: Readonly<Record<BatchStatus, string>>
  readonly batch: string
  readonly endpoint: string
  readonly started: string
  readonly total: string
  readonly synced: string
  readonly failed: string
  readonly stopped: string
  readonly active: string
  readonly items: string
  readonly skipped: string
  readonly bytes: string
  readonly rate: string
  readonly perSecond: (bytes: string) => string
  readonly timeLeft: string
  readonly failures: string
  readonly moreFailures: (count: string) => string
  readonly openBatch: string
  readonly openErrors: string
  /** In front of the command that shows the batch, and of the one that writes its errors report. */
  readonly batchCommand: string
  readonly errorsCommand: string
  readonly attached: (fileName: string) => string
  readonly tooLarge: string
  readonly next: (kind: NotificationKind, hasErrors: boolean) => string
  readonly footer: (at: string) => string
}

export const WORDS: Readonly<Record<Language, Words>> = { en: ENGLISH, fr: FRENCH }
