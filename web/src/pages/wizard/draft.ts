/**
 * What has been entered for a batch that is not created yet. It lies in this browser's storage, so that neither a step that
 * fails nor a closed window loses it. No secret is part of it: the passwords are in the CSV file, which the service keeps.
 */
import { useCallback, useState } from 'react'
import type { CsvFile } from '#contract/batch.ts'
import type { Advanced } from '../../forms/choices/advanced-fields.tsx'
import type { Reports } from '../../forms/choices/report-fields.tsx'
import { type Schedule, usualSchedule } from '../../forms/choices/schedule.ts'

export interface Draft extends Advanced, Reports {
  /** As the service answered it, and what the person called it. */
  readonly csv: (CsvFile & { readonly fileName: string }) | null
  /** Null: nobody has typed one, and the file's name stands for it. */
  readonly name: string | null
  readonly endpoint: string
  readonly database: string
  readonly excludeFolders: readonly string[]
  readonly schedule: Schedule
}

const empty = (): Draft => ({
  csv: null,
  name: null,
  endpoint: '',
  database: '',
  excludeFolders: [],
  includeFolders: [],
  contentFilter: '',
  allowIncrementalSyncs: true,
  schedule: { ...usualSchedule(), start: 'now' },
  recipients: '',
  reportInterval: '1.00:00:00',
  skipReports: false,
})
// The number changes when what is stored does: an older draft is not read.
const KEY = 'waybill.new-batch.2'

export function useDraft(who: string) {
  const key = `${KEY}.${who}`
  const [draft, setDraft] = useState(() => read(key))
  const change = useCallback(
    (changes: Partial<Draft>) =>
      setDraft((before) => {
        const after = { ...before, ...changes }
        localStorage.setItem(key, JSON.stringify(after))
        return after
      }),
    [key],
  )
  const discard = useCallback(() => {
    localStorage.removeItem(key)
    setDraft(empty())
  }, [key])
  return { draft, change, discard }
}

function read(key: string): Draft {
  try {
    return { ...empty(), ...(JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Draft>) }
  } catch {
    return empty()
  }
}

export const isEnded = (draft: Draft) => draft.csv !== null && Date.parse(draft.csv.expiresAt) <= Date.now()

/** The file's name without its ending and without what no name may hold (contract/values.ts). */
export const nameFrom = (fileName: string): string =>
  fileName
    .replace(/\.[^.]*$/, '')
    // oxlint-disable-next-line no-control-regex
    .replace(/[\u0000-\u001f\u007f*?/\\]+/g, ' ')
    .trim()
    .slice(0, 64)

export const nameOf = ({ name, csv }: Draft): string => name ?? (csv === null ? '' : nameFrom(csv.fileName))
