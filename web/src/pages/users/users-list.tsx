/** Users of one batch or of all: fifty at a time, however many there are, and commands for those that are chosen. */
import { Button } from '@fluentui/react-components'
import { usePrefetchQuery, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { MigrationUser } from '#contract/user.ts'
import { useMay } from '../../session.ts'
import { useListState } from '../../ui/list-state.ts'
import { ListTable } from '../../ui/list-table.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Pager } from '../../ui/pager.tsx'
import { RefusalBar } from '../../ui/refusal-bar.tsx'
import { useSteadyRows } from '../../ui/steady-rows.ts'
import { useWords } from '../../words/words.ts'
import { ChosenUsers } from './chosen-users.tsx'
import { filterOf, isOfAll, usersQuery } from './user-queries.ts'
import { useUserColumns } from './users-columns.tsx'
import { UsersFilters } from './users-filter.tsx'
import '../../style/users.css'

interface UsersListProps {
  readonly label: string
  /** Undefined: of all batches. */
  readonly batch: string | undefined
  /** Of its place in the address (list-state.ts). */
  readonly prefix: string
  toOf(user: MigrationUser): string
  isOpen?(user: MigrationUser): boolean
}

/** What is asked of a list of users at a place of the address. */
function useAsked(batch: string | undefined, prefix: string) {
  const state = useListState(prefix, 'identity')
  return { state, filter: filterOf(batch, state.get('show'), state.get('error'), state.search) }
}

/** Asks for what the list will show before it is there: it need not wait for what stands above it. */
export function useUsersAhead(batch: string, prefix: string): void {
  const { state, filter } = useAsked(batch, prefix)
  usePrefetchQuery(usersQuery(filter, state))
}

export function UsersList({ label, batch, prefix, toOf, isOpen }: UsersListProps) {
  const words = useWords()
  const mayChange = useMay('migration')
  const columns = useUserColumns(batch === undefined)
  const { state, filter } = useAsked(batch, prefix)
  const { data: page, error, isPlaceholderData } = useQuery(usersQuery(filter, state))
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set())
  const where = JSON.stringify([filter, state.sort, state.cursor])
  const { rows, isStale, sortAnew } = useSteadyRows(page?.items ?? NOTHING, guidOf, where, isPlaceholderData)
  // A command is for what one sees.
  useEffect(() => setKeys(new Set()), [where])
  return (
    <>
      <UsersFilters state={state} total={page?.total}>
        {isStale && (
          <Button size="small" appearance="subtle" title={words.batches.staleHint} onClick={sortAnew}>
            {words.batches.sortAnew}
          </Button>
        )}
      </UsersFilters>
      <RefusalBar thrown={error} />
      {page === undefined && error === null && <Loading />}
      {page?.items.length === 0 && (
        <p>{isOfAll(filter) && batch === undefined ? words.users.nobody : words.users.none}</p>
      )}
      {page !== undefined && page.items.length > 0 && (
        <>
          <ListTable
            label={label}
            className={batch === undefined ? 'users-table of-all' : 'users-table'}
            columns={columns}
            items={rows}
            state={state}
            keyOf={guidOf}
            toOf={toOf}
            {...(isOpen && { isChosen: isOpen })}
            selection={
              mayChange
                ? {
                    keys,
                    label: words.users.chooseAll,
                    nameOf: ({ identity }) => words.users.choose(identity),
                    change: setKeys,
                  }
                : undefined
            }
          />
          {mayChange && (
            <ChosenUsers
              chosen={rows.filter(({ guid }) => keys.has(guid))}
              filter={filter}
              total={page.total}
              onDone={() => setKeys(new Set())}
            />
          )}
        </>
      )}
      {page !== undefined && <Pager state={state} page={page} />}
    </>
  )
}

const NOTHING: readonly MigrationUser[] = []
const guidOf = ({ guid }: MigrationUser) => guid
