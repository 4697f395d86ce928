import { open } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { batchLimits } from '#csv/limits.ts'
import type { CsvLimits } from '#csv/limits.ts'
import { refuse } from '#csv/refuse.ts'
import { tooLarge } from '#csv/too-large.ts'

const chunkBytes = 256 * 1024

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is not a folder',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links go round in a circle',
  EIO: 'the disk failed while reading it',
}

/**
 * The bytes of a .csv or .txt file of at most `limits.bytes`; a larger one is refused while reading, whatever its
 * size was said to be. Every failure is one Fault of scope `request` that names the file.
 */
export async function readCsvFile(path: string, limits: CsvLimits = batchLimits): Promise<Uint8Array> {
  const name = basename(path)
  if (!['.csv', '.txt'].includes(extname(path).toLowerCase())) {
    throw refuse(
      'CSV_WRONG_TYPE',
      `${name} is not a .csv or .txt file`,
      'Save it as "CSV UTF-8 (comma delimited)", named .csv.',
    )
  }
  try {
    await using file = await open(path, 'r')
    if (!(await file.stat()).isFile()) throw Object.assign(new Error('not a file'), { code: 'EISDIR' })
    const chunks: Uint8Array[] = []
    for (let total = 0; ;) {
      const { bytesRead, buffer } = await file.read(new Uint8Array(chunkBytes), 0, chunkBytes, total)
      if (bytesRead === 0) return Buffer.concat(chunks, total)
      total += bytesRead
      if (total > limits.bytes) throw tooLarge(name, limits)
      chunks.push(buffer.subarray(0, bytesRead))
    }
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
    if (code.startsWith('CSV_')) throw thrown
    const why = reasons[code] ?? `the system said ${code === '' ? String(thrown) : code}`
    const kind = code === 'ENOENT' ? 'CSV_NOT_FOUND' : 'CSV_UNREADABLE'
    throw refuse(kind, `${path} cannot be read: ${why}`, 'Check the path and the permissions of the file.')
  }
}
