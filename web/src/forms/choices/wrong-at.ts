import { Refusal } from '../../api.ts'

/** What the service said about one field of what it was asked; shown at that field. */
export function wrongAt(thrown: unknown, field: string): string | undefined {
  if (!(thrown instanceof Refusal)) return undefined
  // `excludeFolders.2`, too, where the schema refused an element.
  return thrown.fields.find((one) => one.field === field || one.field.startsWith(`${field}.`))?.message
}
