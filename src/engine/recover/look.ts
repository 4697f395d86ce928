/** Looking at a target folder: which copies are there that the ledger does not explain, and what they hold. */
import { createHash } from 'node:crypto'
import type { TargetKey, TargetMessage, TargetReader } from '../ports.ts'
import { type Copy, roughKey } from './match.ts'

/**
 * Reads the digests of unexplained copies at or above `from` whose size and date are among `wanted` (rough keys).
 * The folder must be open. Ascending by key.
 */
export async function unexplainedCopies(
  reader: TargetReader,
  from: number,
  wanted: ReadonlySet<string>,
  explained: ReadonlySet<TargetKey>,
): Promise<Copy[]> {
  const candidates: TargetMessage[] = []
  for await (const batch of reader.list(from)) {
    for (const copy of batch) if (!explained.has(copy.key) && wanted.has(roughKey(copy))) candidates.push(copy)
  }
  candidates.sort((a, b) => (a.key < b.key ? -1 : 1))
  const copies: Copy[] = []
  for (const candidate of candidates) {
    const body = await reader.read(candidate.key)
    if (body === null) continue
    const { digest, bytes } = await digestOf(body)
    copies.push({ ...candidate, digest, bytes })
  }
  return copies
}

export async function digestOf(body: AsyncIterable<Buffer>): Promise<{ digest: Buffer; bytes: number }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of body) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { digest: hash.digest(), bytes }
}
