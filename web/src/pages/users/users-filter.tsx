/** Which users are shown: by part of the address, by group or exact status, by the error that they have. */
import { Button } from '@fluentui/react-components'
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss'
import type { ReactNode } from 'react'
import { STATUS_SUMMARIES } from '#contract/states.ts'
import { FilterSelect } from '../../ui/filter-select.tsx'
import type { ListState } from '../../ui/list-state.ts'
import { SearchField } from '../../ui/search-field.tsx'
import { useWords } from '../../words/words.ts'
import { EXACTLY } from './user-queries.ts'

/** Those that migrations by IMAP bring users to. */
const STATUSES = [
  'Validating',
  'Queued',
  'Starting',
  'Syncing',
  'Synced',
  'IncrementalSyncing',
  'IncrementalFailed',
  'IncrementalStopped',
  'Stopping',
  'Stopped',
  'Failed',
  'Removing',
] as const

interface UsersFiltersProps {
  readonly state: ListState
  readonly total: number | undefined
  readonly children: ReactNode
}

export function UsersFilters({ state, total, children }: UsersFiltersProps) {
  const words = useWords()
  const error = state.get('error')
  return (
    <div className="filters">
      <SearchField label={words.users.search} value={state.search} onChange={(value) => state.set('search', value)} />
      <FilterSelect label={words.users.filter} value={state.get('show')} onChange={(value) => state.set('show', value)}>
        <option value="">{words.users.all}</option>
        <optgroup label={words.users.groups}>
          {STATUS_SUMMARIES.map((one) => (
            <option key={one} value={one}>
              {words.statusSummary[one]}
            </option>
          ))}
        </optgroup>
        <optgroup label={words.users.exactly}>
          {STATUSES.map((one) => (
            <option key={one} value={EXACTLY + one}>
              {words.userStatus[one]}
            </option>
          ))}
        </optgroup>
      </FilterSelect>
      {error !== '' && (
        <Button
          size="small"
          icon={<DismissRegular />}
          iconPosition="after"
          title={words.users.anyError}
          onClick={() => state.set('error', '')}
        >
          {words.users.withError(error)}
        </Button>
      )}
      {total !== undefined && <span aria-live="polite">{words.users.count(total)}</span>}
      {children}
    </div>
  )
}
