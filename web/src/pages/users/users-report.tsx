/** The users of a batch, in its pane. */
import { useLocation } from 'react-router'
import type { MigrationBatch } from '#contract/batch.ts'
import { paths } from '../../paths.ts'
import { useWords } from '../../words/words.ts'
import { UsersList, useUsersAhead } from './users-list.tsx'

const PREFIX = 'users-'

/** @param identity as the address names the batch */
export const useUsersReportAhead = (identity: string) => useUsersAhead(identity, PREFIX)

export function UsersReport({ batch }: { readonly batch: MigrationBatch }) {
  const words = useWords()
  const { search } = useLocation()
  return (
    <section aria-label={words.users.title}>
      <h3>{words.users.title}</h3>
      <UsersList
        label={words.users.title}
        batch={batch.identity}
        prefix={PREFIX}
        toOf={({ identity }) => paths.user(batch.identity, identity) + search}
      />
    </section>
  )
}
