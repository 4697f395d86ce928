/** What a name of the service may be made of; free of zod, for pages check it while one types. */

/** In no name: control characters, and what searches and paths give a meaning to. */
const SIGNS = String.raw`\u0000-\u001f\u007f*?/\\`
export const NAME_PATTERN = new RegExp(`^[^${SIGNS}]*$`)
export const NAME_RULE = 'may not hold control characters, *, ?, / or \\'

export const isName = (name: string): boolean => NAME_PATTERN.test(name)

/** A name made of any text: a blank for what none may hold. */
export const asName = (text: string): string => text.replace(new RegExp(`[${SIGNS}]+`, 'g'), ' ').trim()
