/** Rows that are all there: nothing to sort, search or leaf through. */
import { Table, TableHeader, TableHeaderCell, TableRow } from '@fluentui/react-components'
import type { ReactNode } from 'react'

export interface PlainColumn<Item> {
  readonly label: string
  readonly isNumber?: boolean
  /** Long texts. */
  readonly wraps?: boolean
  show(item: Item): ReactNode
}

interface PlainTableProps<Item> {
  readonly label: string
  /** Widths: a class of the page's style. */
  readonly className?: string
  readonly columns: readonly PlainColumn<Item>[]
  readonly items: readonly Item[]
  /** Nothing in it can be reached by the keyboard: it is scrolled by itself then. */
  readonly isScrolled?: boolean
  keyOf(item: Item): string
}

const classOf = ({ isNumber, wraps }: { readonly isNumber?: boolean; readonly wraps?: boolean }) =>
  isNumber ? 'number' : wraps ? 'wraps' : ''

export const PlainTable = <Item,>({
  label,
  className = '',
  columns,
  items,
  isScrolled = false,
  keyOf,
}: PlainTableProps<Item>) => (
  <div className="scroll" {...(isScrolled && { role: 'region', 'aria-label': label, tabIndex: 0 })}>
    <Table size="small" aria-label={label} className={className}>
      <TableHeader>
        <TableRow>
          {columns.map((column) => (
            <TableHeaderCell key={column.label} className={column.isNumber ? 'number' : ''}>
              {column.label}
            </TableHeaderCell>
          ))}
        </TableRow>
      </TableHeader>
      <tbody className="rows">
        {items.map((item) => (
          <tr key={keyOf(item)}>
            {columns.map((column) => (
              <td key={column.label} className={classOf(column)}>
                {column.show(item)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  </div>
)
