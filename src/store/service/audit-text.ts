/** What an act was given and what it changed, as short texts: a batch of 50,000 users makes a small row. */
import type { AuditChange, AuditParameter } from './admin-audit.ts'

const MOST_CHARACTERS = 1000
const MOST_ITEMS = 20

/** Of names: an index holds them. */
export const auditName = (text: string): string => cut(text, 400)

/** Null is what is not there, or empty. */
export function auditText(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null
  if (typeof value === 'string') return cut(value, MOST_CHARACTERS)
  if (Array.isArray(value)) {
    if (value.length === 0) return null
    const shown = value.slice(0, MOST_ITEMS).map((item) => (typeof item === 'string' ? item : JSON.stringify(item)))
    return `${cut(shown.join(', '), MOST_CHARACTERS)}${value.length > MOST_ITEMS ? ` … (${value.length} in all)` : ''}`
  }
  return cut(JSON.stringify(value) ?? '', MOST_CHARACTERS)
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most).toWellFormed()} … (${text.length} characters)`
}

/** `adminUserName`: AdminUserName, as the cmdlets have it. */
export const auditLabel = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)

export const auditParameters = (given: object): AuditParameter[] =>
  Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({ name: auditLabel(name), value: auditText(value) }))

/** Each property that is not the same before and after; null is an object that is not there. */
export function auditChanges(before: object | null, after: object | null): AuditChange[] {
  const [old, now] = [before ?? {}, after ?? {}] as Record<string, unknown>[]
  return [...new Set([...Object.keys(old!), ...Object.keys(now!)])].flatMap((name) => {
    if (JSON.stringify(old![name]) === JSON.stringify(now![name])) return []
    const change = { name: auditLabel(name), oldValue: auditText(old![name]), newValue: auditText(now![name]) }
    return change.oldValue === null && change.newValue === null ? [] : [change]
  })
}
