/** The users of the batches: a file or typed rows, looked at here first, and then uploaded once. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { CsvFile } from '#contract/batch.ts'
import { LIMITS } from '#contract/limits.ts'
import type { Cut, Look, Looked } from '#csv/look.ts'
import type { CsvRefusal } from '#csv/refusal.ts'
import { CsvChecker } from '../../csv/checker.ts'
import { uploadCsv } from '../../csv/upload.ts'
import { moreRefused, serviceCheck } from './service-check.ts'
import type { Changes, Draft, Part, TypedRow, Uploaded } from './draft.ts'

export interface FilledRow extends TypedRow {
  readonly password: string
  readonly targetPassword: string
}
export const BLANK: FilledRow = { emailAddress: '', userName: '', password: '', targetUserName: '', targetPassword: '' }
const isBlank = (row: FilledRow) => Object.values(row).every((cell: string) => cell.trim() === '')

/** As a file's: without the blank rows at the end, so that the numbers of rows are those that are seen. */
function recordsOf(rows: readonly FilledRow[]): string[][] {
  const last = rows.findLastIndex((row) => !isBlank(row))
  const filled = rows.slice(0, last + 1)
  const hasTarget = filled.some((row) => row.targetUserName !== '' || row.targetPassword !== '')
  const target = hasTarget ? ['TargetUserName', 'TargetPassword'] : []
  return [
    ['EmailAddress', 'UserName', 'Password', ...target],
    ...filled.map((row) => [
      row.emailAddress,
      row.userName,
      row.password,
      ...(hasTarget ? [row.targetUserName, row.targetPassword] : []),
    ]),
  ]
}

class Refused extends Error {
  readonly refusal: CsvRefusal

  constructor(refusal: CsvRefusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

function lookedOf(look: Look): Looked {
  if ('refused' in look) throw new Refused(look.refused)
  return look.looked
}

function filesOf(cut: Cut): readonly string[] {
  if ('refused' in cut) throw new Refused(cut.refused)
  return cut.files
}

export type UsersWork = ReturnType<typeof useUsers>

export function useUsers(draft: Draft, change: (changes: Changes) => void) {
  const client = useQueryClient()
  const checker = useRef<CsvChecker>(null)
  const checking = () => (checker.current ??= new CsvChecker())
  useEffect(() => () => checker.current?.close(), [])
  const [file, setFile] = useState<File | null>(null)
  const [rows, setFilled] = useState<readonly FilledRow[]>(() => draft.typed.map((row) => ({ ...BLANK, ...row })))
  const [isRestored] = useState(draft.typed.length > 0)
  const [allowUnknownColumns, setAllow] = useState(false)
  const [isAccepted, setAccepted] = useState(false)
  const [isRefusalAccepted, setRefusalAccepted] = useState(false)
  const [isChecked, setChecked] = useState(true)
  /** What is uploaded is of what was looked at, in so many batches. */
  const [uploadedAs, setUploadedAs] = useState<string | null>(null)
  const [progress, setProgress] = useState(0)
  const cancel = useRef<AbortController>(null)

  const looking = useMutation({
    mutationFn: async ({ given, allow }: { given: File | string[][]; allow: boolean }) =>
      lookedOf(await checking().look(given, allow)),
    onMutate: () => setUploadedAs(null),
    // What no batch can hold is proposed in as few as can; the field says why.
    onSuccess: ({ fewestBatches }) =>
      change((before) => (Number(before.batches) < fewestBatches ? { batches: String(fewestBatches) } : {})),
  })
  const uploading = useMutation({
    async mutationFn({ looked, batches }: { looked: Looked; batches: number }): Promise<Uploaded> {
      cancel.current = new AbortController()
      const { signal } = cancel.current
      setProgress(0)
      const whole = draft.usersFrom === 'file' && batches === 1 ? file : null
      const files = whole === null ? filesOf(await checking().cut(batches)).map((text) => new Blob([text])) : [whole]
      const total = files.reduce((sum, { size }) => sum + size, 0)
      const parts: Part[] = []
      const answers: CsvFile[] = []
      let gone = 0
      for (const [index, one] of files.entries()) {
        const answer = await uploadCsv(one, {
          allowUnknownColumns,
          signal,
          onProgress: (sent) => setProgress(Math.min(1, (gone + sent) / total)),
        })
        gone += one.size
        answers.push(answer)
        const rows = Math.floor(looked.rows / batches) + (index < looked.rows % batches ? 1 : 0)
        parts.push({ csvFile: answer.csvFile, expiresAt: answer.expiresAt, rows, sent: null, created: null })
      }
      const { columns, users, badCount, warnings } = looked
      return {
        columns,
        users,
        badCount,
        warnings: [...new Set([...warnings, ...answers.flatMap((answer) => answer.warnings)])],
        allowUnknownColumns,
        parts,
      }
    },
    onSuccess(uploaded, { batches }) {
      setUploadedAs(String(batches))
      change({ uploaded })
    },
  })

  const looked = looking.data ?? null
  // What lies at the service since an earlier visit is in as many parts as it is in.
  const batchesText = looked === null && draft.uploaded !== null ? String(draft.uploaded.parts.length) : draft.batches
  const batches = /^\d{1,3}$/.test(batchesText.trim()) ? Number(batchesText) : 0
  const most = Math.min(LIMITS.batches, looked?.rows ?? LIMITS.batches)
  const fewest = looked?.fewestBatches ?? 1
  const isUploaded = draft.uploaded !== null && (looked === null || uploadedAs === String(batches))
  const anew = () => {
    setUploadedAs(null)
    setAccepted(false)
    setRefusalAccepted(false)
    uploading.reset()
    change({ uploaded: null })
  }
  /** Whether one goes on with what lies at the service: where that says nothing, the review asks again. */
  const passes = async (uploaded: Uploaded, known: readonly number[]): Promise<boolean> => {
    setChecked(false)
    const check = await client.fetchQuery(serviceCheck({ ...draft, uploaded })).catch(() => null)
    setChecked(true)
    if (check === null) return true
    return check.users > 0 && (isRefusalAccepted || moreRefused(check, known).count === 0)
  }
  const refusal = looking.error instanceof Refused ? looking.error.refusal : null
  const cutRefusal = uploading.error instanceof Refused ? uploading.error.refusal : null
  const wasCancelled = uploading.error instanceof DOMException && uploading.error.name === 'AbortError'

  return {
    file,
    rows,
    /** Rows of an earlier visit, whose passwords nobody has kept. */
    lacksPasswords: isRestored && rows.every((row) => row.password === ''),
    looked,
    refusal: refusal ?? cutRefusal,
    /** Neither a refusal of the rules nor one's own cancelling. */
    failure:
      (refusal === null ? looking.error : null) ?? (cutRefusal === null && !wasCancelled ? uploading.error : null),
    wasCancelled,
    isLooking: looking.isPending,
    isUploading: uploading.isPending,
    /** The service is asked what it would refuse. */
    isChecking: !isChecked,
    progress,
    allowUnknownColumns,
    isAccepted,
    isRefusalAccepted,
    batches,
    batchesText,
    isCountWrong: batches < fewest || batches > most,
    most,
    fewest,
    /** What is chosen or typed here is not what lies at the service. */
    isUploaded,
    take(chosen: File) {
      anew()
      setFile(chosen)
      setAllow(false)
      change({ fileName: chosen.name })
      looking.mutate({ given: chosen, allow: false })
    },
    allow(allow: boolean) {
      anew()
      setAllow(allow)
      if (file !== null) looking.mutate({ given: file, allow })
    },
    accept(accepts: boolean) {
      setAccepted(accepts)
    },
    acceptRefusal(accepts: boolean) {
      setRefusalAccepted(accepts)
    },
    split(text: string) {
      change({ batches: text })
      uploading.reset()
    },
    from(usersFrom: Draft['usersFrom']) {
      anew()
      looking.reset()
      setFile(null)
      change({ usersFrom, ...(usersFrom === 'typed' && { fileName: null }) })
    },
    setRows(filled: readonly FilledRow[]) {
      anew()
      setFilled(filled)
      change({
        typed: filled.map(({ emailAddress, userName, targetUserName }) => ({ emailAddress, userName, targetUserName })),
      })
    },
    cancel: () => cancel.current?.abort(),
    reset() {
      cancel.current?.abort()
      looking.reset()
      uploading.reset()
      setFile(null)
      setFilled([])
      setAllow(false)
      setAccepted(false)
      setRefusalAccepted(false)
      setUploadedAs(null)
      checker.current?.close()
    },
    /** Looks at what was typed, uploads what is accepted. Answers whether one can go on. */
    async finish(): Promise<boolean> {
      // What was uploaded at an earlier visit was accepted then.
      if (isUploaded && draft.uploaded !== null)
        return looked === null || (await passes(draft.uploaded, looked.badNumbers))
      let seen = looked
      if (draft.usersFrom === 'typed') {
        if (rows.every(isBlank)) return false
        seen = await looking.mutateAsync({ given: recordsOf(rows), allow: false }).catch(() => null)
      }
      if (seen === null || seen.users === 0) return false
      if (seen.badCount > 0 && !isAccepted) return false
      if (batches < seen.fewestBatches || batches > Math.min(LIMITS.batches, seen.rows)) return false
      const uploaded = await uploading.mutateAsync({ looked: seen, batches }).catch(() => null)
      return uploaded !== null && (await passes(uploaded, seen.badNumbers))
    },
  }
}
