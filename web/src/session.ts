/** Who is signed in, and what they may. */
import { useQuery } from '@tanstack/react-query'
import type { Scope } from '#contract/organization.ts'
import { ask, Refusal } from './api.ts'

export const sessionQuery = {
  queryKey: ['session'],
  // Null: nobody is.
  queryFn: async () => {
    try {
      return await ask('getSession')
    } catch (thrown) {
      if (thrown instanceof Refusal && thrown.status === 401) return null
      throw thrown
    }
  },
  staleTime: 60_000,
} as const

/** That somebody was signed in here and is not any more, without having said so. */
export const ENDED = ['session-ended'] as const

export const useSession = () => useQuery(sessionQuery)

/** The same order as in the contract: `migration` may what `view` may, `organization` may all. */
const RANK: Readonly<Record<Scope, number>> = { view: 0, migration: 1, organization: 2 }

/** From the one that may least. */
export const SCOPE_NAMES = ['view', 'migration', 'organization'] as const satisfies readonly Scope[]

/** Commands that somebody may not use are not shown to them. */
export function useMay(scope: Scope): boolean {
  const { data } = useSession()
  return (data?.scopes ?? []).some((held) => RANK[held] >= RANK[scope])
}
