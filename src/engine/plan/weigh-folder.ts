/** What a folder would cost to carry, by the source's own word: for a dry run. */
import { DELETED } from '#mail/flags.ts'
import type { SourceFolder, SourceReader } from '../ports.ts'

export interface FolderWeight {
  /** Without those marked \\Deleted, which are not carried. */
  readonly messages: number
  readonly bytes: number
  /** Of them, above the limit. */
  readonly large: number
  readonly deleted: number
}

export async function weighFolder(
  reader: SourceReader,
  folder: SourceFolder,
  maxMessageBytes: number,
): Promise<FolderWeight> {
  const sum = { messages: 0, bytes: 0, large: 0, deleted: 0 }
  const status = await reader.open(folder)
  if (status.messages === 0) return sum
  for await (const batch of reader.list({ from: 1, to: null }, null)) {
    for (const message of batch) {
      if (message.flags.system & DELETED) {
        sum.deleted++
        continue
      }
      sum.messages++
      sum.bytes += message.bytes
      if (message.bytes > maxMessageBytes) sum.large++
    }
  }
  return sum
}
