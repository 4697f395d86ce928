/** Who is signed in, and what they may. */
import { onlineManager, type QueryClient, skipToken, useQuery } from '@tanstack/react-query'
import type { Scope } from '#contract/organization.ts'
import { ask, Refusal } from './api.ts'

type Session = Awaited<ReturnType<typeof ask<'getSession'>>>

export const sessionQuery = {
  queryKey: ['session'],
  // Null: nobody is.
  queryFn: async ({ client }: { readonly client: QueryClient }): Promise<Session | null> => {
    try {
      return await ask('getSession')
    } catch (thrown) {
      if (!(thrown instanceof Refusal) || thrown.status !== 401) throw thrown
      // Of whoever was signed in and did not sign out, the page stays as it is below a sign-in: what was typed is there.
      const before = client.getQueryData<Session>(sessionQuery.queryKey) ?? null
      if (before !== null) sayEnded(client, true)
      return before
    }
  },
  staleTime: 60_000,
} as const

export const useSession = () => useQuery(sessionQuery)

/** That somebody was signed in here and is not any more, without having said so. */
const ENDED = ['session-ended'] as const

/** Nothing is asked meanwhile: the service counts who asks without a session. */
function sayEnded(client: QueryClient, isEnded: boolean): void {
  client.setQueryData(ENDED, isEnded)
  onlineManager.setOnline(!isEnded)
}

export const useEnded = (): boolean => useQuery<boolean>({ queryKey: ENDED, queryFn: skipToken }).data ?? false

export function signedIn(client: QueryClient, session: Session): void {
  const before = client.getQueryData<Session>(sessionQuery.queryKey) ?? null
  client.setQueryData(sessionQuery.queryKey, session)
  // What one person has seen is nobody else's.
  if (before !== null && before.identity !== session.identity) forget(client)
  sayEnded(client, false)
  if (before !== null) void client.invalidateQueries()
}

export const forget = (client: QueryClient): void =>
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] })

/** The same order as in the contract: `migration` may what `view` may, `organization` may all. */
const RANK: Readonly<Record<Scope, number>> = { view: 0, migration: 1, organization: 2 }

/** From the one that may least. */
export const SCOPE_NAMES = ['view', 'migration', 'organization'] as const satisfies readonly Scope[]

/** Commands that somebody may not use are not shown to them. */
export function useMay(scope: Scope): boolean {
  const { data } = useSession()
  return (data?.scopes ?? []).some((held) => RANK[held] >= RANK[scope])
}
