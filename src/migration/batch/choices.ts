/** The choices of a batch: defaults, and what is refused before anything is stored. */
import { Fault } from '#base/fault.ts'
import { badValue } from '#base/request-faults.ts'
import type { NewBatch, SetBatch } from '#contract/batch.ts'
import { parseFolderPattern } from '#engine/plan/exclude.ts'
import type { StoredChoices } from '#store/tables.ts'
import { parseReceivedFilter } from './received-filter.ts'

const DEFAULTS: StoredChoices = {
  excludeFolders: [],
  includeFolders: [],
  contentFilter: '',
  contentFilterLanguage: '',
  notificationEmails: [],
  reportInterval: '1.00:00:00',
  skipReports: false,
  allowUnknownColumnsInCsv: false,
  timeZone: 'UTC',
  allowIncrementalSyncs: true,
}

type Asked = Partial<Pick<NewBatch & SetBatch, keyof StoredChoices>>

/** Only what was asked: two that change different choices at once do not undo each other's. */
export function givenChoices(asked: Asked): Partial<StoredChoices> {
  return Object.fromEntries(
    Object.keys(DEFAULTS).flatMap((name) => {
      const value = asked[name as keyof StoredChoices]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/** @throws Fault VALUE_INVALID, or the fault of a folder pattern */
export function choicesOf(asked: Asked, before: StoredChoices = DEFAULTS): StoredChoices {
  const choices: StoredChoices = { ...before, ...givenChoices(asked) }
  for (const field of ['excludeFolders', 'includeFolders'] as const) {
    for (const pattern of choices[field]) checkPattern(field, pattern)
  }
  parseReceivedFilter(choices.contentFilter)
  refuseUnknownZone(choices.timeZone)
  return choices
}

/** The fault of the pattern, as one of the field that it stands in. */
function checkPattern(field: 'excludeFolders' | 'includeFolders', pattern: string): void {
  try {
    parseFolderPattern(pattern)
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    const { code, scope, transient, message, remedy, facts } = thrown
    throw new Fault({
      code,
      scope,
      transient,
      message,
      ...(remedy !== null && { remedy }),
      facts: { ...facts, field, why: message },
    })
  }
}

function refuseUnknownZone(zone: string): void {
  try {
    Intl.DateTimeFormat('en', { timeZone: zone })
  } catch {
    throw badValue('timeZone', `does not know the zone "${zone}"`, 'Use a name such as Europe/Paris, or UTC.')
  }
}

/** IMAP batches have no completion (decisions of exchange-semantics.md). */
export function refuseCompletion(asked: {
  autoComplete?: boolean | undefined
  completeAfter?: string | undefined
}): void {
  const field = asked.autoComplete ? 'autoComplete' : asked.completeAfter === undefined ? null : 'completeAfter'
  if (field === null) return
  throw badValue(
    field,
    'is not possible for an IMAP migration, which has no completion',
    'An IMAP batch ends when it is stopped or removed.',
  )
}
