/** What databases, endpoints and tokens share: names that are unique without regard to case. */

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const isGuid = (text: string) => GUID.test(text)

/** What `name_key` holds. */
export const nameKey = (name: string) => name.normalize('NFC').toLowerCase()

const FOREIGN_KEY_VIOLATION = '23503'

/** True when something that refers to a row kept it from being removed. */
export function isStillReferred(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === FOREIGN_KEY_VIOLATION
}
