/** The contract's schemas, made to refuse what they do not know: a misspelt field is named instead of ignored. */
import { z } from 'zod'
import { bug } from '#base/fault.ts'

/** For bodies and queries. A body that is not declared becomes an object without fields. */
export function strictSchema(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodUndefined) return z.strictObject({})
  if (schema instanceof z.ZodUnion) return z.union(schema.options.map((option) => strictSchema(option as z.ZodType)))
  // Declared as loose: what others send is theirs.
  if (schema instanceof z.ZodObject) return schema.def.catchall ? schema : schema.strict()
  throw bug('api-strict-schema', `a body or query is a ${schema.def.type}, not an object`)
}
