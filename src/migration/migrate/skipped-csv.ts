/**
 * skipped.csv: every message that is not carried, with where it lies in the source and why, so that it can still be had.
 * One file for all users of a run; it is made when the first such message turns up.
 */
import { closeSync, fsyncSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MailboxLedger, Skipped } from '#engine/ports.ts'
import { defuse } from '../csv/errors-csv.ts'
import { writeCsv } from '#csv/write-csv.ts'
import { reportNotWritten } from './report-file.ts'

const COLUMNS = ['EmailAddress', 'Folder', 'UID', 'Date', 'Bytes', 'Subject', 'Kind', 'Reason', 'TriedAgain']
/** Rows kept in memory: a mailbox may leave out hundreds of thousands. */
const ROWS = 500

export interface SkippedCsv extends Disposable {
  /** Null while there is no such message. */
  readonly path: string | null
  /** Lists all that the ledger knows for this user; answers how many of them nobody chose to leave out. */
  add(emailAddress: string, ledger: MailboxLedger): Promise<number>
}

export function skippedCsv(folder: string): SkippedCsv {
  const path = join(folder, 'skipped.csv')
  let file: number | null = null
  const attempt = <T>(deed: () => T): T => {
    try {
      return deed()
    } catch (thrown) {
      throw reportNotWritten(path, thrown)
    }
  }
  const write = (rows: readonly (readonly string[])[]) =>
    attempt(() => {
      if (file === null) {
        file = openSync(path, 'w', 0o600)
        writeFileSync(file, `\uFEFF${writeCsv([COLUMNS])}`)
      }
      writeFileSync(file, writeCsv(rows))
    })
  return {
    get path() {
      return file === null ? null : path
    },
    async add(emailAddress, ledger) {
      const folders = new Map((await ledger.folders()).map(({ id, sourcePath }) => [id, sourcePath.join('/')]))
      let counted = 0
      let rows: string[][] = []
      for await (const item of ledger.skipped(null)) {
        if (item.kind !== 'deleted') counted++
        if (rows.push(rowOf(emailAddress, folders.get(item.folder) ?? '', item)) < ROWS) continue
        write(rows)
        rows = []
      }
      if (rows.length > 0) write(rows)
      return counted
    },
    [Symbol.dispose]() {
      if (file === null) return
      const open = file
      try {
        attempt(() => fsyncSync(open))
      } finally {
        closeSync(open)
      }
    },
  }
}

/** Subjects and reasons are others' words: nothing in them steers a terminal or is computed by a spreadsheet. */
function rowOf(emailAddress: string, folder: string, item: Skipped): string[] {
  return [
    defuse(emailAddress),
    defuse(folder),
    String(item.uid),
    item.dateS === null ? '' : dateOf(item.dateS),
    String(item.bytes),
    defuse(item.subject),
    item.kind,
    defuse(item.reason),
    item.again ? 'yes' : 'no',
  ]
}

/** What a server says may be no date at all. */
function dateOf(dateS: number): string {
  const at = new Date(dateS * 1000)
  return Number.isNaN(at.getTime()) ? String(dateS) : `${at.toISOString().slice(0, 19)}Z`
}
