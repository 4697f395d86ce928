/** A report in words: what the mail says, before it is text or HTML. Everything in it is made harmless here. */
import { safeText } from '#base/safe-text.ts'
import { sentence } from '#base/sentence.ts'
import type { Language } from '#contract/notification-kinds.ts'
import type { Delivery } from '#store/service/outbox.ts'
import { readWhy } from '../batch/end-why.ts'
import { count, moment, size, span } from './quantities.ts'
import { WORDS, type Words } from './words/words.ts'

export interface Report {
  readonly tag: string
  readonly colon: string
  readonly subject: string
  readonly heading: string
  /** True where something has failed. */
  readonly isBad: boolean
  readonly figures: readonly (readonly [label: string, value: string])[]
  readonly failuresHeading: string
  readonly failures: readonly { readonly address: string; readonly says: string }[]
  /** Sentences. */
  readonly notes: readonly string[]
  readonly links: readonly { readonly label: string; readonly url: string }[]
  readonly commands: readonly { readonly label: string; readonly line: string }[]
  readonly footer: string
}

export const ATTACHMENT = 'MigrationErrors.csv'

export type Told = Pick<Delivery, 'batch_id' | 'batch' | 'kind' | 'facts'>

export function reportOf(told: Told, language: Language, publicUrl: string | null, isAttached: boolean): Report {
  const words = WORDS[language]
  const { kind, facts } = told
  const name = safeText(told.batch)
  const isBad = facts.failed > 0
  // What was written down by an older Waybill has no such field.
  const end = facts.end ? { ...facts.end, at: moment(facts.end.at, facts.timeZone, words) } : null
  const hidden = facts.failed - facts.failures.length
  return {
    tag: words.tag,
    colon: words.colon,
    subject: end ? words.expiring.subject(name, end.action, end.at) : words.subject(name, kind, isBad),
    heading: end ? words.expiring.heading(end.action, end.at) : words.heading(kind, isBad),
    isBad,
    figures: figuresOf(told, words),
    failuresHeading: words.failures,
    failures: [
      ...facts.failures.map(({ address, message }) => ({
        address: safeText(address),
        says: safeText(sentence(message)),
      })),
      ...(hidden > 0 && facts.failures.length > 0
        ? [{ address: words.moreFailures(count(hidden, words)), says: '' }]
        : []),
    ],
    notes: [
      ...(isAttached ? [words.attached(ATTACHMENT)] : facts.failures.length > 0 ? [words.tooLarge] : []),
      ...(facts.reason === '' ? [] : [reasonOf(facts.reason, words)]),
      end ? words.expiring.next(end.action) : words.next(kind, isBad),
    ],
    ...placesOf(told, words, publicUrl),
    footer: words.footer(moment(facts.at, facts.timeZone, words)),
  }
}

/** What we wrote ourselves is told in the language of the mail. */
function reasonOf(text: string, words: Words): string {
  const why = readWhy(text)
  return why === null ? safeText(sentence(text)) : words.why(why)
}

function figuresOf({ batch, kind, facts }: Told, words: Words): [string, string][] {
  const known = (label: string, value: number | null, show: (value: number) => string): [string, string][] =>
    value === null ? [] : [[label, show(value)]]
  const number = (value: number) => count(value, words)
  const isRunning = kind === 'Progress'
  return [
    [words.batch, safeText(batch)],
    [words.status, words.statuses[facts.status]],
    [words.endpoint, safeText(facts.endpoint)],
    ...(facts.startedAt === null
      ? []
      : [[words.started, moment(facts.startedAt, facts.timeZone, words)] as [string, string]]),
    [words.total, number(facts.total)],
    [words.synced, number(facts.synced)],
    [words.failed, number(facts.failed)],
    ...known(words.stopped, facts.stopped || null, number),
    ...known(words.active, facts.active || null, number),
    [words.items, number(facts.items)],
    [words.skipped, number(facts.skipped)],
    [words.bytes, size(facts.bytes, words)],
    ...known(words.rate, kind === 'Started' ? null : facts.bytesPerSecond, (value) =>
      words.perSecond(size(value, words)),
    ),
    ...known(words.timeLeft, isRunning ? facts.secondsLeft : null, (value) => span(value, words)),
  ]
}

/** As one word of a shell, whatever the batch is called. */
const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`

function placesOf({ batch, batch_id: id, facts }: Told, words: Words, publicUrl: string | null) {
  const hasErrors = facts.failures.length > 0
  if (publicUrl !== null) {
    const base = publicUrl.replace(/\/+$/, '')
    return {
      links: [
        { label: words.openBatch, url: `${base}/batches/${id}` },
        ...(hasErrors ? [{ label: words.openErrors, url: `${base}/api/v1/reports/${id}-errors` }] : []),
      ],
      commands: [],
    }
  }
  return {
    links: [],
    commands: [
      { label: words.batchCommand, line: `Get-MigrationBatch ${quoted(safeText(batch))} | Format-List` },
      ...(hasErrors
        ? [{ label: words.errorsCommand, line: `Export-MigrationReport -Identity ${id}-errors -CsvStream errors.csv` }]
        : []),
    ],
  }
}
