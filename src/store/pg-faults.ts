/**
 * Every error of PostgreSQL and of the way to it that we know, one line each: a new one is a new line here, never an
 * `if` where it happened.
 */
import { Fault, bug } from '#base/fault.ts'
import { dataFolderFull, errno } from './fs-faults.ts'

/** Where the database is, for the administrator; never a password. */
export interface Whereabouts {
  readonly kind: 'embedded' | 'external'
  /** The data folder, or `host:port/database`. */
  readonly place: string
}

interface Line {
  /** SQLSTATE, its class (two characters), errno, or the text of a driver's error that has no code. */
  readonly match: string | RegExp
  readonly code: string
  /** True when the same statements may be sent again at once: our commits are idempotent (transfer-engine.md §3.2). */
  readonly again: boolean
  readonly what: string
  readonly remedy: string
}

const gone = { code: 'DATABASE_UNREACHABLE', again: true, what: 'cannot be reached' }
const goneRemedy = 'Start it again or repair the way to it, then try again: what had begun goes on where it stopped.'
const conflict = {
  code: 'DATABASE_CONFLICT',
  again: true,
  what: 'ended the transaction',
  remedy: 'Try again.',
}
const full = {
  code: 'DATABASE_FULL',
  again: false,
  what: 'has no disk space left',
  remedy: 'Free space on its disk, then try again.',
}
const damaged = {
  code: 'DATABASE_DAMAGED',
  again: false,
  what: 'is damaged',
  remedy: 'Check the disk, and restore the database from its backup.',
}

/** Read from the top; the first match counts. Documented in docs/errors.md, tested line by line. */
export const lines: readonly Line[] = [
  { match: '53100', ...full },
  { match: 'ENOSPC', ...full },
  { match: 'EDQUOT', ...full },
  {
    match: '53200',
    code: 'DATABASE_OUT_OF_MEMORY',
    again: true,
    what: 'is out of memory',
    remedy: 'Give the machine more memory.',
  },
  {
    match: '53300',
    code: 'DATABASE_BUSY',
    again: true,
    what: 'takes no more connections',
    remedy: 'Raise its max_connections, or run fewer workers.',
  },
  { match: '57P01', ...gone, remedy: goneRemedy },
  { match: '57P02', ...gone, remedy: goneRemedy },
  { match: '57P03', ...gone, remedy: goneRemedy },
  { match: '57P05', ...gone, remedy: goneRemedy },
  { match: '08', ...gone, remedy: goneRemedy },
  { match: 'ECONNREFUSED', ...gone, remedy: goneRemedy },
  { match: 'ECONNRESET', ...gone, remedy: goneRemedy },
  { match: 'EPIPE', ...gone, remedy: goneRemedy },
  { match: 'ENOENT', ...gone, remedy: goneRemedy },
  { match: 'ETIMEDOUT', ...gone, remedy: goneRemedy },
  { match: 'EHOSTUNREACH', ...gone, remedy: goneRemedy },
  { match: 'ENETUNREACH', ...gone, remedy: goneRemedy },
  { match: 'EAI_AGAIN', ...gone, remedy: goneRemedy },
  { match: /^Connection terminated/, ...gone, remedy: goneRemedy },
  { match: /^Client has encountered a connection error/, ...gone, remedy: goneRemedy },
  { match: /^timeout exceeded when trying to connect|^timeout expired/, ...gone, remedy: goneRemedy },
  { match: 'ENOTFOUND', ...gone, again: false, remedy: 'Check the host name in DATABASE_URL.' },
  { match: 'EACCES', ...gone, again: false, remedy: 'Give this user access to the socket of PostgreSQL.' },
  { match: '40001', ...conflict },
  { match: '40P01', ...conflict },
  { match: '55P03', ...conflict },
  { match: '25P03', ...conflict },
  {
    match: '25006',
    code: 'DATABASE_READ_ONLY',
    again: true,
    what: 'takes no writes',
    remedy: 'Point DATABASE_URL to the primary server.',
  },
  {
    match: '57014',
    code: 'DATABASE_SLOW',
    again: true,
    what: 'took too long over a statement',
    remedy: 'Look for locks and load on it.',
  },
  {
    match: '28',
    code: 'DATABASE_LOGIN_REFUSED',
    again: false,
    what: 'refused the log-in',
    remedy: 'Check user and password in DATABASE_URL, and pg_hba.conf.',
  },
  {
    match: '3D000',
    code: 'DATABASE_MISSING',
    again: false,
    what: 'has no such database',
    remedy: 'Create it, owned by the role in DATABASE_URL.',
  },
  {
    match: '42501',
    code: 'DATABASE_PERMISSION',
    again: false,
    what: 'refused permission',
    remedy: 'Make the role in DATABASE_URL the owner of its database.',
  },
  { match: 'XX001', ...damaged },
  { match: 'XX002', ...damaged },
  { match: '58030', ...damaged, what: 'cannot read or write its disk' },
]

function lineFor(thrown: unknown): Line | undefined {
  if (!(thrown instanceof Error) || thrown instanceof Fault) return undefined
  const code = errno(thrown)
  // ENOENT of anything but the socket is a file of ours, not the way to the database.
  if (['ENOENT', 'EACCES'].includes(code) && !('syscall' in thrown && thrown.syscall === 'connect')) return undefined
  return lines.find(({ match }) => {
    if (match instanceof RegExp) return code === '' && match.test(thrown.message)
    return match.length === 2 ? code.length === 5 && code.startsWith(match) : code === match
  })
}

/** Whether sending the same again may succeed within a minute. */
export function isWorthRetrying(thrown: unknown): boolean {
  return thrown instanceof AggregateError ? thrown.errors.some(isWorthRetrying) : (lineFor(thrown)?.again ?? false)
}

/** What PostgreSQL or the way to it threw, as a Fault of scope `instance`; what we do not know is a bug of ours. */
export function storeFault(thrown: unknown, where: Whereabouts): Fault {
  if (thrown instanceof Fault) return thrown
  // `localhost` is two addresses; the first refusal says enough.
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return storeFault(thrown.errors[0], where)
  const line = lineFor(thrown)
  const state = errno(thrown)
  const said = thrown instanceof Error ? thrown.message : String(thrown)
  if (!line) {
    // Only names: the text and the detail of an SQL error may quote the values of a row.
    if (!/^[0-9A-Z]{5}$/.test(state)) return bug('STORE', said)
    const name = (key: string) =>
      thrown instanceof Error && key in thrown ? String(Reflect.get(thrown, key) ?? '') : ''
    return bug('STORE_SQL', `PostgreSQL answered ${state} (${name('routine')})`, {
      sqlState: state,
      table: name('table'),
      constraint: name('constraint'),
    })
  }
  if (line.code === 'DATABASE_FULL' && where.kind === 'embedded') return dataFolderFull(where.place, said, thrown)
  const name = where.kind === 'embedded' ? `the database in ${where.place}` : `the PostgreSQL at ${where.place}`
  return new Fault({
    code: line.code,
    scope: 'instance',
    transient: line.again,
    message: `${name} ${line.what}: ${said}`,
    remedy: line.remedy,
    facts: { place: where.place, said: state },
    cause: thrown,
  })
}
