/** What a call was given, without its secrets: the schemas say which those are (`Secret` of values.ts). */
import type { z } from 'zod'

export interface Hidden {
  readonly value: unknown
  readonly secrets: readonly HiddenSecret[]
}

export interface HiddenSecret {
  /** Of nested objects, from the outside in. */
  readonly path: readonly string[]
  /** Given as null: taken away. */
  readonly isRemoved: boolean
}

/** Stands where a secret was. */
export const HIDDEN = '***'

export function hideSecrets(schema: z.ZodType, given: unknown): Hidden {
  const secrets = new Map<string, HiddenSecret>()
  const value = hide(schema, given, [], (path, isRemoved) => secrets.set(path.join('.'), { path, isRemoved }))
  return { value, secrets: [...secrets.values()] }
}

/** The parts of a schema that may hold others. */
interface Parts {
  readonly innerType?: z.ZodType
  readonly in?: z.ZodType
  readonly left?: z.ZodType
  readonly right?: z.ZodType
  readonly element?: z.ZodType
  readonly valueType?: z.ZodType
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly options?: readonly z.ZodType[]
}

const partsOf = (schema: z.ZodType) => schema.def as Parts
const innerOf = (schema: z.ZodType) => partsOf(schema).innerType ?? partsOf(schema).in

const isSecret = (schema: z.ZodType): boolean => schema.meta()?.['writeOnly'] === true

/** Whether the schema is one secret, wrapped or not: `Secret.nullable().optional()`. */
export function takesSecret(schema: z.ZodType): boolean {
  const inner = innerOf(schema)
  return isSecret(schema) || (inner !== undefined && takesSecret(inner))
}

type Found = (path: readonly string[], isRemoved: boolean) => void

function hide(schema: z.ZodType, value: unknown, path: readonly string[], found: Found): unknown {
  if (value === undefined) return value
  if (takesSecret(schema)) {
    found(path, value === null)
    return value === null ? null : HIDDEN
  }
  const inner = innerOf(schema)
  if (inner) return hide(inner, value, path, found)
  const { options, left, right, element, valueType, shape } = partsOf(schema)
  // Of several forms: whatever is a secret in one of them.
  let hidden: unknown = value
  for (const form of options ?? [left, right]) if (form) hidden = hide(form, hidden, path, found)
  if (Array.isArray(hidden)) return element ? hidden.map((item) => hide(element, item, path, found)) : hidden
  if (typeof hidden !== 'object' || hidden === null) return hidden
  return Object.fromEntries(
    Object.entries(hidden).map(([name, item]) => {
      const field = shape?.[name] ?? valueType
      return [name, field ? hide(field, item as unknown, [...path, name], found) : (item as unknown)]
    }),
  )
}
