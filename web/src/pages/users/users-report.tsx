/** The users of a batch, in its pane. */
import { useLocation } from 'react-router'
import type { MigrationBatch } from '#contract/batch.ts'
import { paths } from '../../paths.ts'
import { useWords } from '../../words/words.ts'
import { UsersList } from './users-list.tsx'

export function UsersReport({ batch }: { readonly batch: MigrationBatch }) {
  const words = useWords()
  const { search } = useLocation()
  return (
    <section aria-label={words.users.title}>
      <h3>{words.users.title}</h3>
      <UsersList
        label={words.users.title}
        batch={batch.identity}
        prefix="users-"
        toOf={({ identity }) => paths.user(batch.identity, identity) + search}
      />
    </section>
  )
}
