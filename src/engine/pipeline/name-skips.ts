/** Gives skipped messages their subject: a person must be able to find them (transfer-engine.md G3). */
import { header } from '#mail/header.ts'
import type { Skipped, SourceReader } from '../ports.ts'

const HEAD_BYTES = 8192
/** For more than these in one folder the subject is left out: the report must not cost more than the mail. */
const MOST_NAMED = 200

export async function nameSkips(
  reader: SourceReader,
  items: readonly Skipped[],
  save: (named: readonly Skipped[]) => Promise<void>,
): Promise<void> {
  const named: Skipped[] = []
  for (const [index, item] of items.entries()) {
    const head = index < MOST_NAMED && item.subject === '' ? await reader.header(item.uid, HEAD_BYTES) : null
    named.push(head ? { ...item, subject: header(head, 'subject') } : item)
  }
  await save(named)
}
