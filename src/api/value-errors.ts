/** What zod found, as words about fields: `port` "must be at most 65535". Values are never repeated. */
import type { z } from 'zod'
import { safeText } from '#base/safe-text.ts'
import { ValueFault, type FieldError } from './request-fault.ts'

type Issue = z.core.$ZodIssue
type RawIssue = z.core.$ZodRawIssue

/** More tell nobody more. */
const ERRORS = 50

/** One Fault for all that is wrong with a body, a query or a path. */
export function valueFault(issues: readonly Issue[], whole: string): ValueFault {
  const errors = issues.flatMap((issue) => fieldErrors(issue, whole)).slice(0, ERRORS)
  return new ValueFault(errors.map(({ field, message }) => `${field} ${message}`).join('; '), errors)
}

/** zod's `error` option: our words wherever the contract has none of its own. */
export function wording(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is missing'
        : `must be ${TYPES[issue.expected] ?? `of type ${issue.expected}`}`
    case 'too_big':
      return `${size(issue.origin)} at most ${issue.maximum}${unit(issue.origin)}`
    case 'too_small':
      return issue.minimum === 1 && issue.origin !== 'number' && issue.origin !== 'int'
        ? 'must not be empty'
        : `${size(issue.origin)} at least ${issue.minimum}${unit(issue.origin)}`
    case 'invalid_format':
      return `must be ${FORMATS[issue.format] ?? 'of another form'}`
    case 'invalid_value':
      return issue.input === undefined ? 'is missing' : `must be ${oneOf(issue.values)}`
    case 'unrecognized_keys':
      return 'is no field of this request'
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'custom':
    default:
      return 'is not valid'
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
}

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'a Guid',
  datetime: 'a time with a zone, such as 2026-01-31T08:00:00Z',
  safeint: 'a whole number',
}

const counted = (origin: unknown) => origin === 'string' || origin === 'array' || origin === 'set' || origin === 'map'
const size = (origin: unknown) => (counted(origin) ? 'must have' : 'must be')
const unit = (origin: unknown) => (origin === 'string' ? ' characters' : counted(origin) ? ' entries' : '')
const oneOf = (values: readonly unknown[]) =>
  values.length === 1 ? String(values[0]) : `one of ${values.map(String).join(', ')}`

function fieldErrors(issue: Issue, whole: string): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: fieldName([...issue.path, key], whole), message: issue.message }))
  }
  if (issue.code === 'invalid_union') return unionErrors(issue, whole)
  return [{ field: fieldName(issue.path, whole), message: issue.message }]
}

/** Of what could have been meant, the closest: that with the fewest errors; of equals, one after another. */
function unionErrors(issue: Extract<Issue, { code: 'invalid_union' }>, whole: string): FieldError[] {
  const options = issue.errors.map((branch) =>
    branch.flatMap((inner) => fieldErrors({ ...inner, path: [...issue.path, ...inner.path] }, whole)),
  )
  const mine = fieldName(issue.path, whole)
  // An option of another type is no option; when all are, the value fits nothing.
  const ofItsType = options.filter(
    (_, index) =>
      !issue.errors[index]!.some(({ code, path }) => path.length === 0 && /^invalid_(?:type|value)$/.test(code)),
  )
  const closest = ofItsType.length > 0 ? ofItsType : options
  const fewest = Math.min(...closest.map((errors) => errors.length))
  const best = closest.filter((errors) => errors.length === fewest)
  if (best.length < 2) return best[0] ?? [{ field: mine, message: 'is not valid' }]
  const says = best.map((errors) =>
    errors.map(({ field, message }) => (field === mine ? message : `${field} ${message}`)).join(' and '),
  )
  const other = best.some((errors) => errors.some(({ field }) => field !== mine))
  return [{ field: mine, message: `${other ? 'fits nothing: ' : ''}${says.join(', or ')}` }]
}

/** `users[3]`; the whole is "the body" or "the query". Keys come from the caller. */
export function fieldName(path: readonly PropertyKey[], whole: string): string {
  if (path.length === 0) return whole
  const text = path
    .map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at > 0 ? '.' : ''}${String(key)}`))
    .join('')
  return safeText(text.length > 100 ? `${text.slice(0, 100)}…` : text)
}
