/** Rows that keep their places while what they are sorted by changes: a list that is looked at does not jump. */
import { useState } from 'react'

interface Order {
  /** Which list, as it was asked for; another one is shown as the server sorts it. */
  readonly list: string
  readonly keys: readonly string[]
}

export interface SteadyRows<Item> {
  readonly rows: readonly Item[]
  /** The server would sort them otherwise by now. */
  readonly isStale: boolean
  sortAnew(): void
}

const NONE: Order = { list: '', keys: [] }
const isSame = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((key, place) => key === other[place])

/**
 * @param list whatever else is shown in another order: sorting, filters, page
 * @param isOld what is shown is still of the list before (keepPreviousData)
 */
export function useSteadyRows<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  list: string,
  isOld: boolean,
): SteadyRows<Item> {
  const [order, setOrder] = useState<Order>(NONE)
  const now = items.map(keyOf)
  const byKey = new Map(items.map((item) => [keyOf(item), item]))
  const isKnown = isOld || order.list === list
  // What has come in the meantime stands below what was there.
  const keys = isKnown
    ? [...order.keys.filter((key) => byKey.has(key)), ...now.filter((key) => !order.keys.includes(key))]
    : now
  if (!isOld && (order.list !== list || !isSame(keys, order.keys))) setOrder({ list, keys })
  return { rows: keys.map((key) => byKey.get(key)!), isStale: !isSame(keys, now), sortAnew: () => setOrder(NONE) }
}
