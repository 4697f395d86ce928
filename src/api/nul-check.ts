/** No text of PostgreSQL can hold U+0000, and no name or password of ours does. */
import { ValueFault } from './request-fault.ts'
import { fieldName } from './value-errors.ts'

interface Node {
  readonly value: unknown
  readonly key: string | number
  readonly parent: Node | null
}

const MESSAGE = 'holds a NUL character'

export function nulFault(field: string): ValueFault {
  return new ValueFault(`${field} ${MESSAGE}`, [{ field, message: MESSAGE }])
}

/** Throws VALUE_INVALID for a text or a name of a field with U+0000, wherever it stands. */
export function refuseNul(body: unknown): void {
  // Without recursion: what was sent may be as deep as it is long.
  const open: Node[] = [{ value: body, key: '', parent: null }]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const { value, key } = node
    if ([value, key].some((text) => typeof text === 'string' && text.includes('\0')))
      throw nulFault(fieldName(pathTo(node), 'the body'))
    if (typeof value !== 'object' || value === null) continue
    const entries = Array.isArray(value) ? value.entries() : Object.entries(value)
    for (const [inner, each] of entries) open.push({ value: each, key: inner, parent: node })
  }
}

function pathTo(node: Node): (string | number)[] {
  const path: (string | number)[] = []
  for (let at = node; at.parent !== null; at = at.parent) path.push(at.key)
  return path.reverse()
}
