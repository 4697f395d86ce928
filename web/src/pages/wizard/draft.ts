/**
 * What has been entered for a batch that is not created yet. It lies in this browser's storage, so that neither a step that
 * fails nor a closed window loses it. No secret is part of it: the passwords are in the CSV file, which the service keeps.
 */
import { useCallback, useState } from 'react'
import type { CsvFile } from '#contract/batch.ts'

export interface Draft {
  /** As the service answered it, and what the person called it. */
  readonly csv: (CsvFile & { readonly fileName: string }) | null
  /** Null: nobody has typed one, and the file's name stands for it. */
  readonly name: string | null
  readonly endpoint: string
  readonly database: string
  readonly startNow: boolean
  readonly recipients: string
}

const EMPTY: Draft = { csv: null, name: null, endpoint: '', database: '', startNow: true, recipients: '' }
const KEY = 'waybill.new-batch'

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
    setDraft(EMPTY)
  }, [key])
  return { draft, change, discard }
}

function read(key: string): Draft {
  try {
    return { ...EMPTY, ...(JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Draft>) }
  } catch {
    return EMPTY
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

export const recipientsOf = ({ recipients }: Draft): string[] =>
  recipients
    .split(/[,;\s]+/)
    .map((one) => one.trim())
    .filter((one) => one !== '')

export const wrongRecipient = (draft: Draft): string | undefined =>
  recipientsOf(draft).find((one) => !/^[^\s@"(),:;<>[\\\]]+@[^\s@"(),:;<>[\\\]]+$/.test(one))
