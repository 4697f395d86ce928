/** Rows that the server has sorted and cut into a page. The first column leads to what is beside the list. */
import { Table, TableBody, TableCell, TableHeader, TableHeaderCell, TableRow } from '@fluentui/react-components'
import type { ReactNode } from 'react'
import { Link, useNavigate } from 'react-router'
import type { ListState } from './list-state.ts'
import { SortedHeader } from './sorted-header.tsx'

export interface Column<Item> {
  /** Also what the server sorts by, where `isSorted`. */
  readonly name: string
  readonly label: string
  readonly isSorted?: boolean
  readonly isNumber?: boolean
  /** Long texts. */
  readonly wraps?: boolean
  show(item: Item): ReactNode
}

interface ListTableProps<Item> {
  readonly label: string
  /** Widths: a class of style/pages.css. */
  readonly className: string
  readonly columns: readonly Column<Item>[]
  readonly items: readonly Item[]
  readonly state: ListState
  keyOf(item: Item): string
  /** Where a row leads. */
  toOf?(item: Item): string
  isChosen?(item: Item): boolean
}

export function ListTable<Item>({
  label,
  className,
  columns,
  items,
  state,
  keyOf,
  toOf,
  isChosen = () => false,
}: ListTableProps<Item>) {
  const navigate = useNavigate()
  const isSortable = columns.some(({ isSorted }) => isSorted)
  return (
    <div className="scroll">
      <Table sortable={isSortable} size="small" aria-label={label} className={className}>
        <TableHeader>
          <TableRow>
            {columns.map(({ name, label: head, isSorted = false, isNumber = false }) =>
              isSorted ? (
                <SortedHeader key={name} column={name} label={head} state={state} isNumber={isNumber} />
              ) : (
                <TableHeaderCell key={name} sortable={false} className={isNumber ? 'number' : ''}>
                  {head}
                </TableHeaderCell>
              ),
            )}
          </TableRow>
        </TableHeader>
        <TableBody>
          {items.map((item) => {
            const to = toOf?.(item)
            return (
              <TableRow
                key={keyOf(item)}
                {...(to !== undefined && {
                  className: isChosen(item) ? 'row chosen' : 'row',
                  onClick: () => void navigate(to),
                })}
              >
                {columns.map(({ name, isNumber, wraps, show }, place) => (
                  <TableCell key={name} className={isNumber ? 'number' : wraps ? 'wraps' : ''}>
                    {place === 0 && to !== undefined ? (
                      <Link to={to} aria-current={isChosen(item)} onClick={(event) => event.stopPropagation()}>
                        {show(item)}
                      </Link>
                    ) : (
                      show(item)
                    )}
                  </TableCell>
                ))}
              </TableRow>
            )
          })}
        </TableBody>
      </Table>
    </div>
  )
}
