/** An object as the view routes show it, before and after an act. */
import { asFault } from '#base/fault.ts'
import { type Call, NO_SESSION, type UseCases } from '#contract/calls.ts'
import type { Route } from '#contract/routes/route.ts'
import { type AuditChange, type AuditObject } from '#store/service/admin-audit.ts'
import { auditChanges, auditName } from '#store/service/audit-text.ts'
import type { View } from './acts.ts'

export type Seen = Readonly<Record<string, unknown>>

type AnyUseCase = (call: Pick<Call<Route>, 'params' | 'query' | 'principal' | 'signal'>) => Promise<unknown>

/** Null when there is none of this name, or more than one. */
export async function seeObject(
  useCases: UseCases,
  view: View,
  identity: string,
  { query, principal }: Call<Route>,
): Promise<Seen | null> {
  const { signal } = new AbortController()
  try {
    if (view === 'token') {
      const { items } = await useCases.listTokens({
        params: {},
        query: { limit: 1000 },
        body: undefined,
        principal,
        session: NO_SESSION,
        signal,
      })
      return (items.find(({ id }) => id === identity) as Seen | undefined) ?? null
    }
    const { batch } = (query ?? {}) as { batch?: string }
    const ask = useCases[view] as unknown as AnyUseCase
    return (await ask({ params: { identity }, query: { batch }, principal, signal })) as Seen
  } catch (thrown) {
    // What the act says of it is for the act to say. A database that is away is not "no such object".
    if (asFault(thrown).scope === 'request') return null
    throw thrown
  }
}

function nameOf(seen: Seen): string {
  const name = seen['identity'] ?? seen['name']
  return typeof name === 'string' ? auditName(name) : ''
}

export function guidOf(seen: Seen): string | null {
  const guid = seen['guid'] ?? seen['batchGuid'] ?? seen['id']
  return typeof guid === 'string' ? guid : null
}

export const objectOf = (seen: Seen): AuditObject => ({ object: nameOf(seen), objectGuid: guidOf(seen) })

/** What names the object, and what changes by itself while mail is carried: nobody did it. */
const NOT_TOLD: ReadonlySet<string> = new Set(
  `identity guid batchGuid id name creationDateTime lastModifiedDateTime lastUsedAt lastSignInTime
  commands state statusSummary workflowStage workflowStep requestGuid message errorSummary validationWarnings
  activeCount stoppedCount syncedCount finalizedCount failedCount pendingCount userCounts
  percentageSynced itemsSynced itemsSkipped bytesTransferred
  itemsPerMinute bytesTransferredPerMinute estimatedCompletionDateTime
  startDateTime initialSyncDateTime initialSyncDuration lastSyncedDateTime finalizedDateTime
  expirationDateTime expirationAction lastActionDateTime
  estimatedTotalTransferCount syncedItemCount transferredItemCount skippedItemCount syncedFolderCount
  lastSuccessfulSyncTime lastSubscriptionCheckTime nextSyncTime
  activeMigrationCount activeIncrementalSyncCount batches`.split(/\s+/),
)

const told = (seen: Seen | null): object =>
  Object.fromEntries(Object.entries(seen ?? {}).filter(([name]) => !NOT_TOLD.has(name)))

export const changesOf = (before: Seen | null, after: Seen | null): AuditChange[] =>
  auditChanges(told(before), told(after))
