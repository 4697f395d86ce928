/**
 * Reads that are repeated: whoever may only look must not fill the disk with entries about it. The first of ten minutes
 * is recorded by itself; what follows is counted, and told in one more entry when the ten minutes are over.
 */
import { randomUUID } from 'node:crypto'
import { asFault } from '#base/fault.ts'
import type { Log } from '#base/log.ts'
import { type AuditStart, addAudit } from '#store/service/admin-audit.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { auditParameters } from '#store/service/audit-text.ts'
import { type How, endOf } from './act-begun.ts'

const WINDOW_MS = 600_000
/** More than that at once close the windows that were opened first. */
const MOST_WINDOWS = 10_000
const MOST_ADDRESSES = 100

export interface FoldedReads extends AsyncDisposable {
  /** True for the first of its kind, which is to be recorded by itself. */
  isFirst(key: string, start: AuditStart): boolean
  /** The first could not be recorded: the next one is. */
  forget(key: string): void
  /** How a repetition ended. */
  repeated(key: string, start: AuditStart, how: How): void
}

interface Window {
  readonly start: AuditStart
  readonly timer: NodeJS.Timeout
  readonly addresses: Set<string>
  repetitions: number
  /** Of the repetitions: one that succeeded counts more than one that failed. */
  how: How
}

export function foldReads(
  { store, log }: { readonly store: ServiceStore; readonly log: Log },
  { windowMs = WINDOW_MS, mostWindows = MOST_WINDOWS } = {},
): FoldedReads {
  /** Oldest first. */
  const windows = new Map<string, Window>()
  let writing: Promise<void> = Promise.resolve()
  const close = (key: string) => {
    const window = windows.get(key)
    if (window === undefined) return
    clearTimeout(window.timer)
    windows.delete(key)
    const { start, repetitions, addresses, how } = window
    if (repetitions === 0) return
    const told = auditParameters({ repetitions, addresses: [...addresses] })
    const row = { ...start, id: randomUUID(), parameters: [...start.parameters, ...told] }
    writing = writing.then(async () => {
      try {
        await store.retrying(() => addAudit(store.pool, row, endOf(row, how)))
      } catch (thrown) {
        log.error('repeated reads are not in the audit log', { cmdlet: row.cmdlet, code: asFault(thrown).code })
      }
    })
  }
  const open = (key: string, start: AuditStart): Window => {
    const timer = setTimeout(() => close(key), windowMs).unref()
    const window = { start, timer, addresses: new Set<string>(), repetitions: 0, how: {} }
    windows.set(key, window)
    for (const oldest of windows.keys()) {
      if (windows.size <= mostWindows) break
      close(oldest)
    }
    return window
  }
  return {
    isFirst(key, start) {
      if (windows.has(key)) return false
      open(key, start)
      return true
    },
    forget(key) {
      // What came meanwhile was counted, and is told.
      close(key)
    },
    repeated(key, start, how) {
      // Its window may have been closed while the file went out.
      const window = windows.get(key) ?? open(key, start)
      if (window.repetitions++ === 0 || how.result === undefined) window.how = how
      if (start.clientAddress !== null && window.addresses.size < MOST_ADDRESSES)
        window.addresses.add(start.clientAddress)
    },
    async [Symbol.asyncDispose]() {
      for (const key of windows.keys()) close(key)
      await writing
    },
  }
}
