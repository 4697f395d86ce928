/** Files of a run's report: readable by us alone, on disk when the call returns. */
import { closeSync, fsyncSync, openSync, writeFileSync } from 'node:fs'
import { Fault } from '#base/fault.ts'

export function writeReportFile(path: string, text: string): void {
  try {
    const file = openSync(path, 'w', 0o600)
    try {
      writeFileSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  } catch (thrown) {
    throw reportNotWritten(path, thrown)
  }
}

export function reportNotWritten(path: string, thrown: unknown): Fault {
  return new Fault({
    code: 'REPORT_NOT_WRITTEN',
    scope: 'instance',
    transient: false,
    message: `The report ${path} could not be written: ${reasonOf(thrown)}.`,
    remedy: 'The mail that was carried is safe and known. Make room, then start it again.',
    cause: thrown,
  })
}

/** `ENOSPC` and the like, which says more to who looks after a machine than Node's sentence. */
export const reasonOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown)
