import { open, rm } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { namingFile } from './check-csv-file.ts'
import { splitLimits } from '#csv/limits.ts'
import { readCsvFile } from './read-file.ts'
import { refuse } from '#csv/refuse.ts'
import { splitCsv } from '#csv/split.ts'

/** `users.csv` in 12 files: users-01.csv to users-12.csv. */
export function splitNames(path: string, count: number): string[] {
  const extension = extname(path)
  const digits = Math.max(2, String(count).length)
  const stem = basename(path, extension)
  return Array.from({ length: count }, (_, i) => `${stem}-${String(i + 1).padStart(digits, '0')}${extension}`)
}

/**
 * Splits the file at `path` into `folder`. Files that exist are never overwritten: then nothing new stays. The
 * new ones hold passwords and get mode 0600. Returns their paths in order.
 */
export async function splitCsvFile(path: string, rowsPerFile: number, folder: string) {
  const bytes = await readCsvFile(path, splitLimits)
  const split = namingFile(path, () => splitCsv(bytes, rowsPerFile))
  const paths = splitNames(path, split.files.length).map((name) => join(folder, name))
  const written: string[] = []
  try {
    for (const [i, each] of paths.entries()) {
      await using file = await open(each, 'wx', 0o600)
      written.push(each)
      await file.writeFile(split.files[i] ?? '')
      await file.sync()
    }
  } catch (thrown) {
    // Half a set of batches would be taken for the whole.
    for (const each of written) await rm(each, { force: true })
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'an unknown error'
    if (code === 'EEXIST') throw inTheWay(paths[written.length] ?? folder)
    const message = `the batches cannot be written to ${folder}: the system said ${code}`
    throw refuse(
      'CSV_SPLIT_WRITE',
      message,
      'Check that the folder exists, may be written to and has room; nothing was left behind.',
    )
  }
  return { paths, rows: split.rows, warnings: split.warnings }
}

const inTheWay = (path: string) =>
  refuse(
    'CSV_SPLIT_EXISTS',
    `${path} exists already and is not overwritten`,
    'Move it away or give another folder; nothing was written.',
  )
