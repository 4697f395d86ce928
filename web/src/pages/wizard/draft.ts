/**
 * What has been entered for batches that are not created yet. It lies in this browser's storage, so that neither a step that
 * fails nor a closed window loses it. No secret is part of it: what is in a CSV file the service keeps, and passwords that
 * are typed are not stored.
 */
import { useCallback, useState } from 'react'
import { LIMITS } from '#contract/limits.ts'
import { asName } from '#contract/names.ts'
import type { Advanced } from '../../forms/choices/advanced-fields.tsx'
import type { Reports } from '../../forms/choices/report-fields.tsx'
import { type Schedule, usualSchedule } from '../../forms/choices/schedule.ts'

/** One of the files that a service keeps for an hour; a batch will be made of it. */
export interface Part {
  readonly csvFile: string
  readonly expiresAt: string
  /** Rows, those that cannot be migrated among them. */
  readonly rows: number
  /** What was asked for last, and the key under which: asked once more, nothing is created twice. */
  readonly sent: { readonly key: string; readonly body: string } | null
  /** Name of the batch that was created of it. */
  readonly created: string | null
}

export interface Uploaded {
  readonly columns: readonly string[]
  readonly users: number
  readonly badCount: number
  readonly warnings: readonly string[]
  readonly allowUnknownColumns: boolean
  readonly parts: readonly Part[]
}

/** A row that is typed. Its passwords are only in the page. */
export interface TypedRow {
  readonly emailAddress: string
  readonly userName: string
  readonly targetUserName: string
}

export interface Draft extends Advanced, Reports {
  /** Null: nobody has typed one, and the file's name stands for it. */
  readonly name: string | null
  readonly endpoint: string
  readonly usersFrom: 'file' | 'typed'
  readonly fileName: string | null
  readonly typed: readonly TypedRow[]
  /** As typed. */
  readonly batches: string
  readonly uploaded: Uploaded | null
  readonly database: string
  readonly excludeFolders: readonly string[]
  readonly schedule: Schedule
}

const empty = (): Draft => ({
  name: null,
  endpoint: '',
  usersFrom: 'file',
  fileName: null,
  typed: [],
  batches: '1',
  uploaded: null,
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
const KEY = 'waybill.new-batch.4'

export type Changes = Partial<Draft> | ((before: Draft) => Partial<Draft>)

export function useDraft(who: string) {
  const key = `${KEY}.${who}`
  const [draft, setDraft] = useState(() => read(key))
  const change = useCallback(
    (changes: Changes) =>
      setDraft((before) => {
        const after = { ...before, ...(typeof changes === 'function' ? changes(before) : changes) }
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

export const isEnded = (uploaded: Uploaded) =>
  uploaded.parts.some(({ created, expiresAt }) => created === null && Date.parse(expiresAt) <= Date.now())

/** The file's name without its ending and without what no name may hold. */
export const nameFrom = (fileName: string): string =>
  asName(fileName.replace(/\.[^.]*$/, '')).slice(0, LIMITS.nameLength)

export const nameOf = ({ name, fileName }: Draft): string => {
  const typed = name?.trim() ?? ''
  return typed === '' && fileName !== null ? nameFrom(fileName) : typed
}

/** `Wave 1` in one batch; in twelve `Wave 1 01` to `Wave 1 12`, which lists sort in their order. */
export function nameOfPart(name: string, index: number, of: number): string {
  if (of === 1) return name
  const number = String(index + 1).padStart(String(of).length, '0')
  return `${name.slice(0, LIMITS.nameLength - number.length - 1).trimEnd()} ${number}`
}

export const createdOf = ({ uploaded }: Draft): string[] =>
  (uploaded?.parts ?? []).flatMap(({ created }) => (created === null ? [] : [created]))
