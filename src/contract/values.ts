/** Values that several objects share, as schemas. */
import { z } from 'zod'
import { LIMITS } from './limits.ts'
import { NAME_PATTERN, NAME_RULE } from './names.ts'
import { parseTimeSpan } from './timespan.ts'

/** A name or a Guid; never empty, so that a forgotten Identity never means "all". */
export const Identity = z.string().trim().min(1).max(320).describe('A name, address or Guid')

/** Nothing that steers a terminal or reorders a line: control and bidirectional characters, separators of lines. */
// oxlint-disable-next-line no-control-regex
const SIGNS = /^[^\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]*$/
export const PlainText = z.string().trim().regex(SIGNS, 'may not hold control or bidirectional characters')

export const Name = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(LIMITS.nameLength, `may have at most ${LIMITS.nameLength} characters`)
  .regex(NAME_PATTERN, NAME_RULE)
  .describe('Unique without regard to case')

export const DateTime = z.iso.datetime({ offset: true }).describe('ISO 8601 with a zone')
export const TimeSpan = z
  .string()
  .refine((text) => parseTimeSpan(text) !== null, 'is not a TimeSpan such as 1.00:00:00 or 08:30:00')
  .describe('[d.]hh:mm:ss')

export const Security = z.enum(['None', 'Ssl', 'Tls'])
export const Port = z.int().min(1).max(65_535)
export const HostName = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(
    /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?|[0-9a-f:.]*:[0-9a-f:.]*)$/,
    'is not a host name or an address',
  )

export const Slots = z
  .union([
    z.int().min(1, 'must be at least 1').max(LIMITS.slots, `may be at most ${LIMITS.slots}`),
    z.literal('Unlimited').transform(() => LIMITS.slots),
  ])
  .describe(`1 to ${LIMITS.slots}, or Unlimited, which means ${LIMITS.slots}`)

export const MailAddress = z
  .string()
  .trim()
  .max(320)
  .regex(/^[^\s@"(),:;<>[\\\]]+@[^\s@"(),:;<>[\\\]]+$/, 'is not a mail address')

/** Written and never answered. The audit log tells of it as "changed", the OpenAPI document as writeOnly. */
export const Secret = z.string().min(1).max(4096).meta({ format: 'password', writeOnly: true })

/** In query strings: `true`, `false`. */
export const QueryFlag = z.enum(['true', 'false']).transform((text) => text === 'true')

export const Search = z.string().max(200).describe('Part of a name')

/** A list is read in pages; `nextCursor` is null on the last one. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable(), total: z.int() })
export interface Page<T> {
  readonly items: readonly T[]
  readonly nextCursor: string | null
  /** Of all pages. */
  readonly total: number
}

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(LIMITS.pageSize).default(100),
  cursor: z.string().max(2000).optional(),
  /** `name`, or `-name` for descending. */
  sort: z.string().max(60).optional(),
})
