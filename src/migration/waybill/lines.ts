/** The one spelling of each line: `parseBody` accepts nothing that `renderBody` would spell otherwise. */
import { WAYBILL_VERSION, countsBy } from './format.ts'
import type { Counts, WaybillLine } from './format.ts'
import { safeJson } from '#base/safe-json.ts'

/** The line without its tail (see chain.ts): an object whose closing brace is missing. */
export function renderBody(line: WaybillLine): string {
  return safeJson(line).slice(0, -1)
}

/** INTERNALDATE in seconds since 1970 as ISO 8601 to the second. */
export const isoOfSeconds = (dateS: number): string => `${new Date(dateS * 1000).toISOString().slice(0, -5)}Z`

/**
 * Reads one body. Null for anything that we would not have written: other members, other order, other spacing,
 * numbers out of range. What comes back holds only values that were checked.
 */
export function parseBody(body: string): WaybillLine | null {
  let raw: unknown
  try {
    raw = JSON.parse(`${body}}`)
  } catch {
    return null
  }
  if (!isObject(raw)) return null
  const line = readLine(raw)
  return line !== null && renderBody(line) === body ? line : null
}

type Raw = Readonly<Record<string, unknown>>

/** Thrown and caught in this file: a member that is not what the format says. */
const MISFIT = new Error('not a waybill line')

function readLine(raw: Raw): WaybillLine | null {
  try {
    return build(raw)
  } catch (thrown) {
    if (thrown === MISFIT) return null
    throw thrown
  }
}

/** Members in the order of writing: the comparison in `parseBody` relies on it. */
function build(raw: Raw): WaybillLine {
  switch (raw['kind']) {
    case 'message':
      return {
        kind: 'message',
        folder: count(raw['folder']),
        uid: count(raw['uid']),
        key: targetKey(raw['key']),
        bytes: count(raw['bytes']),
        date: isoSecond(raw['date']),
        sha256: sha256(raw['sha256']),
        canonical: orNull(sha256, raw['canonical']),
        outcome: oneOf(['carried', 'found', 'adopted'], raw['outcome']),
        lost: list(text, raw['lost']),
      }
    case 'skipped':
      return {
        kind: 'skipped',
        folder: count(raw['folder']),
        uid: count(raw['uid']),
        skip: oneOf(['large', 'bad', 'missing', 'unknown', 'excluded', 'deleted', 'over-limit'], raw['skip']),
        bytes: count(raw['bytes']),
        date: orNull(isoSecond, raw['date']),
        subject: text(raw['subject']),
        reason: text(raw['reason']),
        again: yesNo(raw['again']),
      }
    case 'folder':
      return {
        kind: 'folder',
        folder: count(raw['folder']),
        source: list(text, raw['source']),
        target: orNull((value) => list(text, value), raw['target']),
        sourceValidity: count(raw['sourceValidity']),
        targetValidity: orNull(count, raw['targetValidity']),
        bytesKept: oneOf(['unknown', 'verbatim', 'canonical', 'rewriting'], raw['bytesKept']),
        excludedBy: orNull(text, raw['excludedBy']),
      }
    case 'counts':
      return { kind: 'counts', folder: count(raw['folder']), ...counts(raw) }
    case 'totals':
      return { kind: 'totals', folders: count(raw['folders']), ...counts(raw) }
    case 'seal':
      return {
        kind: 'seal',
        algorithm: oneOf(['Ed25519'], raw['algorithm']),
        fingerprint: text(raw['fingerprint']),
        publicKey: text(raw['publicKey']),
      }
    case 'waybill':
      return {
        kind: 'waybill',
        version: oneOf([WAYBILL_VERSION], raw['version']),
        number: count(raw['number']),
        emailAddress: text(raw['emailAddress']),
        source: {
          host: text(object(raw['source'])['host']),
          port: count(object(raw['source'])['port']),
          userName: text(object(raw['source'])['userName']),
          userRoot: text(object(raw['source'])['userRoot']),
        },
        target: {
          kind: text(object(raw['target'])['kind']),
          place: text(object(raw['target'])['place']),
          login: text(object(raw['target'])['login']),
        },
        run: text(raw['run']),
        started: text(raw['started']),
        finished: text(raw['finished']),
        tool: text(raw['tool']),
        complete: yesNo(raw['complete']),
        previous: orNull(
          (value) => ({ file: text(object(value)['file']), chain: sha256(object(value)['chain']) }),
          raw['previous'],
        ),
      }
    default:
      throw MISFIT
  }
}

function counts(raw: Raw): Counts {
  return countsBy((name) => count(raw[name]))
}

function isObject(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function object(value: unknown): Raw {
  if (!isObject(value)) throw MISFIT
  return value
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw MISFIT
  return value
}

function yesNo(value: unknown): boolean {
  if (typeof value !== 'boolean') throw MISFIT
  return value
}

function count(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw MISFIT
  return value
}

/** A UID, or a base name that stays in its folder: a file that is not to be trusted must not point elsewhere. */
function targetKey(value: unknown): number | string | null {
  if (value === null) return null
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 0xffff_ffff) return value
  if (typeof value === 'string' && /^[^./\0][^/\0]{0,254}$/.test(value)) return value
  throw MISFIT
}

function sha256(value: unknown): string {
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value)) throw MISFIT
  return value
}

function isoSecond(value: unknown): string {
  if (typeof value !== 'string' || !/^(?:\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) throw MISFIT
  return value
}

function oneOf<T extends string | number>(words: readonly T[], value: unknown): T {
  const word = words.find((each) => each === value)
  if (word === undefined) throw MISFIT
  return word
}

function orNull<T>(read: (value: unknown) => T, value: unknown): T | null {
  return value === null ? null : read(value)
}

function list<T>(read: (value: unknown) => T, value: unknown): readonly T[] {
  if (!Array.isArray(value)) throw MISFIT
  return value.map(read)
}
