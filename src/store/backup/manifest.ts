/**
 * What a backup says of itself: `manifest.json`, the last entry of the archive, for only then the digests are known. An
 * archive without it was cut off.
 */
import { Fault } from '#base/fault.ts'

export const FORMAT = 1
export const MANIFEST = 'manifest.json'

export interface BackupTable {
  readonly name: string
  readonly columns: readonly string[]
  readonly rows: number
  /** Of the COPY text, without the archive's own. */
  readonly bytes: number
  readonly sha256: string
}

export interface BackupSequence {
  readonly table: string
  readonly column: string
  readonly last: number
}

export interface BackupFile {
  /** As in the archive: below `files/`, or `keys/`. */
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

export interface Manifest {
  readonly format: typeof FORMAT
  readonly waybill: string
  /** SQL files that the database had, ascending. */
  readonly schema: readonly { readonly number: number; readonly name: string; readonly sha256: string }[]
  /** ISO 8601, UTC. */
  readonly created: string
  readonly host: string
  readonly dataFolder: string
  readonly postgres: string
  /** Ids of the keys that the stored passwords are sealed with; none when there are none. */
  readonly secretKeys: readonly string[]
  /** Of the key that signs waybills. */
  readonly signer: string
  /** Highest of the ledger. */
  readonly epoch: number
  readonly withKey: boolean
  /** In an order in which they can be loaded. */
  readonly tables: readonly BackupTable[]
  readonly sequences: readonly BackupSequence[]
  readonly files: readonly BackupFile[]
}

/** `tables/<name>/<part>.copy`: a table comes in parts, for an archive says a size before the bytes. */
export const tablePart = (table: string, part: number) => `tables/${table}/${String(part).padStart(6, '0')}.copy`

/** The table of such an entry; null for others. */
export const tableOf = (entry: string) => /^tables\/([a-z_][a-z0-9_]*)\/\d{6,}\.copy$/.exec(entry)?.[1] ?? null

/** Nothing that leaves the folder into which it is restored. */
export const isSafeName = (name: string) =>
  /^(?:files|keys)\//.test(name) &&
  name.length <= 1024 &&
  // oxlint-disable-next-line no-control-regex
  !/[\u0000-\u001f\\]/.test(name) &&
  name.split('/').every((part) => part !== '' && part !== '.' && part !== '..')

export function damaged(path: string, what: string, cause?: unknown): Fault {
  return new Fault({
    code: 'BACKUP_DAMAGED',
    scope: 'request',
    transient: false,
    message: `the backup ${path} ${what}`,
    remedy: 'Nothing was restored. Copy it anew from where it is kept, or take another one.',
    facts: { path },
    cause,
  })
}

/** @throws Fault BACKUP_DAMAGED, BACKUP_FORMAT */
export function parseManifest(path: string, text: string): Manifest {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch (thrown) {
    throw damaged(path, 'has a manifest that is not JSON', thrown)
  }
  const format = isObject(given) ? given['format'] : undefined
  if (format !== FORMAT) {
    throw new Fault({
      code: 'BACKUP_FORMAT',
      scope: 'request',
      transient: false,
      message: `the backup ${path} has the format ${String(format)}, and this Waybill reads format ${FORMAT}`,
      remedy: 'Restore it with a Waybill that is at least as new as the one that made it.',
      facts: { path },
    })
  }
  if (!isManifest(given)) throw damaged(path, 'has a manifest that lacks what a manifest has')
  return given
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const isText = (value: unknown) => typeof value === 'string'
const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0
const isName = (value: unknown) => typeof value === 'string' && /^[a-z_][a-z0-9_]*$/.test(value)
const isDigest = (value: unknown) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)

type Fields = Readonly<Record<string, (value: unknown) => boolean>>
const has = (value: unknown, fields: Fields) =>
  isObject(value) && Object.entries(fields).every(([name, fits]) => fits(value[name]))
const listOf = (fits: (value: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(fits)

function isManifest(given: unknown): given is Manifest {
  return has(given, {
    waybill: isText,
    schema: listOf((one) => has(one, { number: isCount, name: isText, sha256: isDigest })),
    created: (value) => isText(value) && !Number.isNaN(Date.parse(value)),
    host: isText,
    dataFolder: isText,
    postgres: isText,
    secretKeys: listOf(isText),
    signer: isText,
    epoch: isCount,
    withKey: (value) => typeof value === 'boolean',
    tables: listOf((one) =>
      has(one, { name: isName, columns: listOf(isName), rows: isCount, bytes: isCount, sha256: isDigest }),
    ),
    sequences: listOf((one) => has(one, { table: isName, column: isName, last: isCount })),
    files: listOf((one) =>
      has(one, { name: (name) => isText(name) && isSafeName(name), bytes: isCount, sha256: isDigest }),
    ),
  })
}
