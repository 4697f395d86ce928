/** Rows that the server has sorted and cut into a page. The first column leads to what is beside the list. */
import { Checkbox, Table, TableHeader, TableHeaderCell, TableRow } from '@fluentui/react-components'
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useRef } from 'react'
import { Link, useNavigate } from 'react-router'
import { leaveRow, useReturn } from './left-rows.ts'
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
  /** Gives way where the list is narrow for the pane beside it. */
  readonly isMinor?: boolean
  show(item: Item): ReactNode
}

/** Several rows for one command. */
export interface Selection<Item> {
  readonly keys: ReadonlySet<string>
  readonly label: string
  nameOf(item: Item): string
  change(keys: ReadonlySet<string>): void
}

export interface ListTableProps<Item> {
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
  readonly selection?: Selection<Item> | undefined
  /** Of a row that has the focus. */
  onKey?(item: Item, event: KeyboardEvent): void
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
  selection,
  onKey,
}: ListTableProps<Item>) {
  const navigate = useNavigate()
  const body = useRef<HTMLTableSectionElement>(null)
  const focused = useFocusKept(body)
  useReturn(label, body)
  const isSortable = columns.some(({ isSorted }) => isSorted)
  return (
    // What nothing in it takes the focus of is scrolled by the keyboard itself.
    <div
      className="scroll"
      {...(toOf === undefined && !isSortable && { tabIndex: 0, role: 'group', 'aria-label': label })}
    >
      <Table sortable={isSortable} size="small" aria-label={label} className={className}>
        <TableHeader>
          <TableRow>
            {selection && <SelectAll selection={selection} keys={items.map(keyOf)} />}
            {columns.map((column) =>
              column.isSorted ? (
                <SortedHeader
                  key={column.name}
                  column={column.name}
                  label={column.label}
                  state={state}
                  className={headClass(column)}
                />
              ) : (
                <TableHeaderCell key={column.name} sortable={false} className={headClass(column)}>
                  {column.label}
                </TableHeaderCell>
              ),
            )}
          </TableRow>
        </TableHeader>
        <tbody className="rows" ref={body} onFocus={({ target }) => (focused.current = rowOf(body, target))}>
          {items.map((item) => {
            const to = toOf?.(item)
            return (
              <tr
                key={keyOf(item)}
                onKeyDown={(event) => {
                  move(event)
                  onKey?.(item, event)
                }}
                {...(to !== undefined && {
                  className: isChosen(item) ? 'row chosen' : 'row',
                  onClick: () => {
                    leaveRow(label, keyOf(item))
                    void navigate(to)
                  },
                })}
              >
                {selection && <SelectOne selection={selection} item={item} name={keyOf(item)} />}
                {columns.map(({ name, isNumber, wraps, isMinor, show }, place) => (
                  <td key={name} className={`${isNumber ? 'number' : wraps ? 'wraps' : ''}${minor(isMinor)}`}>
                    {place === 0 && to !== undefined ? (
                      <Link
                        to={to}
                        data-row={keyOf(item)}
                        aria-current={isChosen(item)}
                        onClick={(event) => {
                          event.stopPropagation()
                          leaveRow(label, keyOf(item))
                        }}
                      >
                        {show(item)}
                      </Link>
                    ) : (
                      show(item)
                    )}
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </Table>
    </div>
  )
}

const minor = (isMinor = false) => (isMinor ? ' minor' : '')
const headClass = ({ isNumber, isMinor }: Pick<Column<never>, 'isNumber' | 'isMinor'>) =>
  `${isNumber ? 'number' : ''}${minor(isMinor)}`

function SelectAll<Item>({
  selection,
  keys,
}: {
  readonly selection: Selection<Item>
  readonly keys: readonly string[]
}) {
  const chosen = keys.filter((key) => selection.keys.has(key)).length
  return (
    <TableHeaderCell sortable={false} className="tick">
      <Checkbox
        aria-label={selection.label}
        checked={chosen === 0 ? false : chosen === keys.length ? true : 'mixed'}
        onChange={() => selection.change(new Set(chosen === keys.length ? [] : keys))}
      />
    </TableHeaderCell>
  )
}

interface SelectOneProps<Item> {
  readonly selection: Selection<Item>
  readonly item: Item
  readonly name: string
}

function SelectOne<Item>({ selection, item, name }: SelectOneProps<Item>) {
  const toggle = (isChosen: boolean) => {
    const keys = new Set(selection.keys)
    if (isChosen) keys.add(name)
    else keys.delete(name)
    selection.change(keys)
  }
  return (
    <td className="tick" onClick={(event) => event.stopPropagation()}>
      <Checkbox
        aria-label={selection.nameOf(item)}
        checked={selection.keys.has(name)}
        onChange={(_, { checked }) => toggle(checked === true)}
      />
    </td>
  )
}

const WAYS: Readonly<Record<string, 'nextElementSibling' | 'previousElementSibling'>> = {
  ArrowDown: 'nextElementSibling',
  ArrowUp: 'previousElementSibling',
}

/** From row to row: to the same link or box of the next one. */
function move(event: KeyboardEvent<HTMLTableRowElement>): void {
  const way = WAYS[event.key]
  const { target } = event
  if (way === undefined || !(target instanceof HTMLElement)) return
  const kind = target.tagName === 'A' ? 'a' : 'input'
  const next = event.currentTarget[way]?.querySelector<HTMLElement>(kind)
  if (next == null) return
  event.preventDefault()
  next.focus()
}

interface Place {
  readonly row: Element
  readonly index: number
}

function rowOf(body: RefObject<HTMLElement | null>, inside: Element): Place | null {
  const index = Array.from(body.current?.children ?? []).findIndex((row) => row.contains(inside))
  const row = body.current?.children[index]
  return row === undefined ? null : { row, index }
}

/** A row that goes while it has the focus hands it to the one that takes its place. */
function useFocusKept(body: RefObject<HTMLElement | null>): RefObject<Place | null> {
  const focused = useRef<Place | null>(null)
  useEffect(() => {
    const { current: place } = focused
    if (place === null || place.row.isConnected) return
    focused.current = null
    if (document.activeElement !== document.body) return
    const rows = body.current?.children ?? []
    rows[Math.min(place.index, rows.length - 1)]?.querySelector<HTMLElement>('a')?.focus({ preventScroll: true })
  })
  return focused
}
