/** Creates the batches one after the other. What fails stops it; asked again, it goes on where it was, and makes none twice. */
import { useQueryClient } from '@tanstack/react-query'
import type { NewBatch } from '#contract/batch.ts'
import { ask, Refusal } from '../../api.ts'
import { recipientsOf } from '../../forms/choices/recipients.ts'
import { startOf } from '../../forms/choices/schedule.ts'
import { LIVE } from '../../live.ts'
import { useSending } from '../../sending.ts'
import { type Changes, type Draft, nameOf, nameOfPart, type Part } from './draft.ts'

type Asked = Partial<NewBatch> & Pick<NewBatch, 'name' | 'sourceEndpoint'>

function bodyOf(draft: Draft, part: Part, index: number, of: number): Asked {
  return {
    name: nameOfPart(nameOf(draft), index, of),
    sourceEndpoint: draft.endpoint,
    targetDatabases: [draft.database],
    csvFile: part.csvFile,
    allowUnknownColumnsInCsv: draft.uploaded?.allowUnknownColumns ?? false,
    excludeFolders: [...draft.excludeFolders],
    includeFolders: draft.includeFolders,
    contentFilter: draft.contentFilter,
    allowIncrementalSyncs: draft.allowIncrementalSyncs,
    ...startOf(draft.schedule),
    notificationEmails: recipientsOf(draft.recipients),
    reportInterval: draft.reportInterval,
    skipReports: draft.skipReports,
  }
}

/** Of one part, in the draft as it is by then. */
const withPart = (index: number, changes: Partial<Part>) => (draft: Draft) =>
  draft.uploaded === null
    ? {}
    : {
        uploaded: {
          ...draft.uploaded,
          parts: draft.uploaded.parts.map((part, at) => (at === index ? { ...part, ...changes } : part)),
        },
      }

/** A service that was killed at it says for half a minute that it is still at work. */
const STILL_MS = 90_000
const AGAIN_MS = 2_000

async function createBatch(body: Asked, idempotencyKey: string) {
  for (const until = performance.now() + STILL_MS; ;) {
    try {
      return await ask('createBatch', { body, idempotencyKey })
    } catch (thrown) {
      const isAtWork = thrown instanceof Refusal && thrown.code === 'IDEMPOTENCY_KEY_IN_USE'
      if (!isAtWork || performance.now() > until) throw thrown
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
    }
  }
}

export function useCreate(draft: Draft, change: (changes: Changes) => void, onDone: (names: string[]) => void) {
  const client = useQueryClient()
  return useSending<string[]>({
    async mutationFn() {
      const parts = draft.uploaded?.parts ?? []
      const names: string[] = []
      for (const [index, part] of parts.entries()) {
        if (part.created !== null) {
          names.push(part.created)
          continue
        }
        const asked = bodyOf(draft, part, index, parts.length)
        const body = JSON.stringify(asked)
        // Stored before it is asked: whether the answer comes or not, the next try is known as the same.
        const key = part.sent?.body === body ? part.sent.key : crypto.randomUUID()
        change(withPart(index, { sent: { key, body } }))
        const { identity } = await createBatch(asked, key)
        change(withPart(index, { created: identity }))
        names.push(identity)
      }
      return names
    },
    onSettled: () => client.invalidateQueries({ queryKey: [LIVE] }),
    onSuccess: onDone,
  })
}
