/** What the file system said about the target, as Faults. The words of the system are kept. */
import { Fault, type FaultScope } from '#base/fault.ts'

export function errno(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''
}

const said = (thrown: unknown) =>
  (thrown instanceof Error ? thrown.message : String(thrown)).replaceAll(/\/proc\/self\/fd\/\d+\//g, '')

interface Kind {
  readonly code: string
  readonly scope: FaultScope
  readonly transient: boolean
  readonly why: string
  readonly remedy: (place: string) => string
}

const again = 'then start it again: it goes on where it stopped.'
const notWritable: Kind = {
  code: 'TARGET_NOT_WRITABLE',
  scope: 'mailbox',
  transient: false,
  why: 'this user may not write there',
  remedy: (place) => `Give the user that runs Waybill the right to write to ${place}, ${again}`,
}
const io: Kind = {
  code: 'TARGET_IO',
  scope: 'endpoint',
  transient: true,
  why: 'the file system failed',
  remedy: (place) => `Look at the system's log for the disk that holds ${place}.`,
}
const odd: Kind = {
  code: 'TARGET_NOT_A_MAILDIR',
  scope: 'mailbox',
  transient: false,
  why: 'something else is where a folder or file of a Maildir must be, or a symbolic link, and none is followed',
  remedy: (place) => `Look at ${place}; move away what does not belong there, ${again}`,
}

const KINDS: Readonly<Record<string, Kind>> = {
  ENOSPC: {
    code: 'TARGET_DISK_FULL',
    scope: 'endpoint',
    transient: false,
    why: 'the disk is full',
    remedy: (place) => `Free space on the file system that holds ${place}, ${again}`,
  },
  EDQUOT: {
    code: 'TARGET_OVER_QUOTA',
    scope: 'mailbox',
    transient: false,
    why: 'the owner of the files is over quota',
    remedy: (place) => `Raise the disk quota of the owner of ${place}, ${again}`,
  },
  EACCES: notWritable,
  EPERM: notWritable,
  EROFS: notWritable,
  ELOOP: odd,
  ENOTDIR: odd,
  EISDIR: odd,
  ENOENT: { ...io, code: 'TARGET_CHANGED', scope: 'folder', why: 'somebody else removed or renamed it meanwhile' },
}

/** @param doing what was tried, as a gerund with its object: `writing a message into` */
export function maildirFault(thrown: unknown, doing: string, place: string): Fault {
  if (thrown instanceof Fault) return thrown
  const code = errno(thrown)
  if (code === '') {
    return new Fault({
      code: 'BUG',
      scope: 'bug',
      transient: false,
      message: `internal error while ${doing} ${place}: ${said(thrown)}`,
      cause: thrown,
    })
  }
  const kind = KINDS[code] ?? io
  return new Fault({
    code: kind.code,
    scope: kind.scope,
    transient: kind.transient,
    message: `${doing} ${place} failed, because ${kind.why}: ${said(thrown)}`,
    remedy: kind.remedy(place),
    facts: { place, errno: code },
    cause: thrown,
  })
}

export function rootRefused(message: string, remedy: string, facts: Readonly<Record<string, string>> = {}): Fault {
  return new Fault({ code: 'TARGET_ROOT_REFUSED', scope: 'request', transient: false, message, remedy, facts })
}

export function nameRefused(path: readonly string[], problem: string): Fault {
  const name = path.join('/')
  return new Fault({
    code: 'TARGET_NAME_REFUSED',
    scope: 'folder',
    transient: false,
    message: `the folder ${JSON.stringify(name)} cannot be made on the target: ${problem}`,
    remedy: 'Rename the folder on the source, or exclude it.',
    facts: { folder: name },
  })
}

export function leaseLost(place: string): Fault {
  return new Fault({
    code: 'LEASE_LOST',
    scope: 'mailbox',
    transient: true,
    message: `the right to write ${place} has run out; nothing more was written`,
    facts: { place },
  })
}
