/** The page of one kind of object: its list, what makes a new one, and the pane of the one that is open. */
import { Button, type ButtonProps } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { type ReactNode, Suspense, useState } from 'react'
import { ListPage } from './list-page.tsx'
import { usePageTitle } from './page-title.tsx'
import { RefreshButton } from './refresh-button.tsx'
import { SearchedList, type SearchedListProps } from './searched-list.tsx'

interface Named {
  readonly name?: string
  readonly identity?: string
  readonly guid?: string
}

interface ObjectsPageProps<Item> extends Omit<SearchedListProps<Item>, 'isChosen'> {
  readonly words: SearchedListProps<Item>['words'] & { readonly new: string }
  readonly mayCreate: boolean
  readonly icon?: ButtonProps['icon']
  /** Above the list. */
  readonly lead?: ReactNode
  /** The name or the Guid of the one whose pane is open. */
  readonly chosen?: string | undefined
  /** Shown while one is made. */
  form(close: () => void): ReactNode
}

export function ObjectsPage<Item extends Named>({
  mayCreate,
  icon = <AddRegular />,
  lead,
  chosen,
  form,
  ...list
}: ObjectsPageProps<Item>) {
  const { words } = list
  const [isCreating, setCreating] = useState(false)
  usePageTitle(chosen ?? words.title)
  return (
    <ListPage
      title={words.title}
      hasPane={chosen !== undefined}
      commands={
        <>
          {mayCreate && (
            <Button appearance="primary" icon={icon} onClick={() => setCreating(true)}>
              {words.new}
            </Button>
          )}
          <RefreshButton />
        </>
      }
    >
      {lead}
      <SearchedList
        {...list}
        isChosen={({ identity, guid }) => chosen !== undefined && (identity === chosen || guid === chosen)}
      />
      <Suspense>{isCreating && form(() => setCreating(false))}</Suspense>
    </ListPage>
  )
}
