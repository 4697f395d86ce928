import { TableHeaderCell } from '@fluentui/react-components'
import type { ListState } from './list-state.ts'

interface SortedHeaderProps {
  readonly column: string
  readonly label: string
  readonly state: ListState
  readonly className: string
}

/** A column's name; pressed, the server sorts by it, and pressed again the other way round. */
export function SortedHeader({ column, label, state, className }: SortedHeaderProps) {
  const direction = state.sort === column ? 'ascending' : state.sort === `-${column}` ? 'descending' : undefined
  return (
    <TableHeaderCell
      {...(direction && { sortDirection: direction })}
      className={className}
      onClick={() => state.sortBy(column)}
    >
      {label}
    </TableHeaderCell>
  )
}
