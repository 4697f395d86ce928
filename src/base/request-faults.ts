/** What the service answers to a request that it understands and cannot grant (docs/errors.md). */
import { Fault, type FaultInit } from './fault.ts'

const refused = (init: Omit<FaultInit, 'scope' | 'transient'>) =>
  new Fault({ scope: 'request', transient: false, ...init })

const withArticle = (kind: string) => `${/^[aeio]/i.test(kind) ? 'an' : 'a'} ${kind}`

/** @param kind `migration endpoint`, in the words of a sentence */
export function notFound(kind: string, identity: string): Fault {
  return refused({
    code: 'OBJECT_NOT_FOUND',
    message: `There is no ${kind} "${identity}".`,
    remedy: 'Check the name or Guid against the list.',
    facts: { kind, identity },
  })
}

/** @param remedy how the one that is meant can be named */
export function ambiguous(kind: string, identity: string, remedy: string): Fault {
  return refused({
    code: 'OBJECT_AMBIGUOUS',
    message: `"${identity}" is the name of more than one ${kind}.`,
    remedy,
    facts: { kind, identity },
  })
}

export function nameTaken(kind: string, name: string): Fault {
  return refused({
    code: 'NAME_TAKEN',
    message: `There is already ${withArticle(kind)} "${name}".`,
    remedy: 'Choose another name; capital and small letters are the same in names.',
    facts: { kind, name },
  })
}

/** @param field as the API calls it; @param remedy what to do instead */
export function valueTaken(kind: string, field: string, value: string, remedy: string): Fault {
  return refused({
    code: 'NAME_TAKEN',
    message: `There is already ${withArticle(kind)} with the ${field} "${value}".`,
    remedy,
    facts: { kind, field, name: value },
  })
}

const MOST_NAMED = 5

/** @param by what uses it, in words: `batch "Moves"` */
export function inUse(kind: string, name: string, by: readonly string[]): Fault {
  const more = by.length - MOST_NAMED
  const named = more > 0 ? [...by.slice(0, MOST_NAMED), `${more} more`] : by
  return refused({
    code: 'OBJECT_IN_USE',
    message: `The ${kind} "${name}" is used by ${named.join(', ') || 'something else'}.`,
    remedy: 'Remove what uses it first.',
    facts: { kind, name },
  })
}

/** @param command `Start-MigrationBatch`; @param what `the batch "Moves"`; @param reason `it is being removed` */
export function stateForbids(command: string, what: string, reason: string): Fault {
  return refused({
    code: 'STATE_FORBIDS',
    message: `Not possible for ${what}: ${reason}.`,
    facts: { command },
  })
}

/** @param field as the API calls it; @param why `must be at least 1` */
export function badValue(field: string, why: string, remedy?: string): Fault {
  return refused({
    code: 'VALUE_INVALID',
    message: `${field} ${why}.`,
    ...(remedy === undefined ? {} : { remedy }),
    facts: { field, why },
  })
}

export function limitReached(message: string, remedy: string): Fault {
  return refused({ code: 'LIMIT_REACHED', message, remedy })
}

export function tooManyRequests(message: string, waitMs: number): Fault {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000))
  return new Fault({
    code: 'TOO_MANY_REQUESTS',
    scope: 'request',
    transient: true,
    message,
    remedy: `Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
    waitMs,
  })
}
