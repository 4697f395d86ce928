/** Migration > Users: of all batches, for whoever asks where a mailbox is. */
import { useLocation, useParams } from 'react-router'
import { paths } from '../../paths.ts'
import { ListPage } from '../../ui/list-page.tsx'
import { usePageTitle } from '../../ui/page-title.tsx'
import { RefreshButton } from '../../ui/refresh-button.tsx'
import { useWords } from '../../words/words.ts'
import { UsersList } from './users-list.tsx'

export default function UsersPage() {
  const words = useWords()
  const { user: open } = useParams()
  const { search } = useLocation()
  usePageTitle(words.users.allTitle)
  return (
    <ListPage title={words.users.allTitle} hasPane={open !== undefined} commands={<RefreshButton />}>
      <UsersList
        label={words.users.allTitle}
        batch={undefined}
        prefix=""
        toOf={({ guid }) => paths.anyUser(guid) + search}
        isOpen={({ guid }) => guid === open}
      />
    </ListPage>
  )
}
