/** Objects as they go through a pipe: PascalCase names, and `$type`, by which Format-* and the binding know them. */

export type PipeObject = Readonly<Record<string, unknown>>

export const typeOf = (object: PipeObject): string | null =>
  typeof object['$type'] === 'string' ? object['$type'] : null

/** Property names; `$type` is none. */
export const propertiesOf = (object: PipeObject): string[] => Object.keys(object).filter((name) => name !== '$type')

export function shape(type: string, answer: object): PipeObject {
  return { $type: type, ...(pascal(answer) as Record<string, unknown>) }
}

function pascal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pascal)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name.charAt(0).toUpperCase() + name.slice(1), pascal(inner)]),
  )
}

/** A property by its name without regard to case; undefined when there is none. */
export function propertyOf(object: PipeObject, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name]
  const wanted = name.toLowerCase()
  const found = propertiesOf(object).find((property) => property.toLowerCase() === wanted)
  return found === undefined ? undefined : object[found]
}

/** As it is compared and matched; what is not there is empty. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}
