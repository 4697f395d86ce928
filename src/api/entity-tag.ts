/**
 * ETag, If-Match and If-None-Match (RFC 9110 §8.8, §13). A tag is a digest of each field that it covers, one behind the
 * other: with the one that a caller has seen it can be told which fields have changed since, and nothing need be kept.
 *
 * A tag that does not cover the counters of an answer is weak. If-Match takes it all the same, other than RFC 9110
 * §13.1.1 has it: what it guards is the settings, and of those it says all. Proxies that compress make every tag weak.
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { safeText } from '#base/safe-text.ts'
import type { Precondition } from '#contract/calls.ts'
import type { Tag } from '#contract/tags.ts'
import { FieldFault, requestFault, type FieldError } from './request-fault.ts'

/** Of 6 bits each: two values are taken for one in one of 70 thousand million cases. */
const DIGEST = 6
const SHOWN = 200

type Fields = Readonly<Record<string, unknown>>

export function tagOf({ fields, isWhole }: Tag, object: object): string {
  const digests = fields.map((field) => digestOf((object as Fields)[field]))
  return `${isWhole ? '' : 'W/'}"${digests.join('')}"`
}

const digestOf = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(value ?? null))
    .digest('base64url')
    .slice(0, DIGEST)

/** Undefined without If-Match, and where anything may be there. Throws REQUEST_MALFORMED. */
export function preconditionOf(request: IncomingMessage, tag: Tag): Precondition | undefined {
  const wanted = tagsIn(request, 'if-match')
  if (wanted === null || wanted === '*') return undefined
  return {
    check(current) {
      const now = tagOf(tag, current)
      if (wanted.some((one) => isSame(one, now))) return
      throw new PreconditionFault(changesSince(wanted[0]!, tag, current as Fields), now)
    },
  }
}

/** Whether the caller has this very answer already. */
export function isKnownTo(request: IncomingMessage, tag: string): boolean {
  const known = tagsIn(request, 'if-none-match')
  return known === '*' || (known !== null && known.some((one) => isSame(one, tag)))
}

export class PreconditionFault extends FieldFault {
  constructor(errors: readonly FieldError[], now: string) {
    const what = errors.map(({ field }) => field).join(', ')
    super(
      {
        code: 'PRECONDITION_FAILED',
        message: `It is not as you have seen it any more${what === '' ? '' : `: changed meanwhile: ${what}`}`,
        remedy: 'Look at it again, and change it with the ETag that it has then.',
        facts: { etag: now },
      },
      errors,
    )
  }
}

const isSame = (one: string, other: string): boolean => bare(one) === bare(other)
const bare = (tag: string): string => tag.replace(/^W\//, '')

/** None where the tag is not one of ours, or not of this kind of object. */
function changesSince(seen: string, { fields }: Tag, current: Fields): FieldError[] {
  const digests = bare(seen).slice(1, -1)
  if (digests.length !== fields.length * DIGEST) return []
  return fields
    .filter((field, at) => digests.slice(at * DIGEST, (at + 1) * DIGEST) !== digestOf(current[field]))
    .map((field) => ({ field, message: `is now ${shown(current[field])}` }))
}

function shown(value: unknown): string {
  const text = inWords(value)
  return safeText(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)
}

/** As a person reads it, who will be told of it by a page. */
function inWords(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'none'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return JSON.stringify(value)
  return value.length === 0 ? 'none' : value.map(inWords).join(', ')
}

const LIST = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"(?:[ \t]*,[ \t]*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")*$/

function tagsIn({ headers }: IncomingMessage, name: 'if-match' | 'if-none-match'): readonly string[] | '*' | null {
  const given = headers[name]?.trim()
  if (given === undefined) return null
  if (given === '*') return '*'
  if (LIST.test(given)) return given.match(/(?:W\/)?"[^"]*"/g)!
  throw requestFault(
    'REQUEST_MALFORMED',
    `${name} holds no entity tag`,
    'Send the ETag as it was answered, with its quotes.',
  )
}
