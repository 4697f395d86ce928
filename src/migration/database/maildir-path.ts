/** Which folders a Maildir database may lie in (architecture.md §6.5): files are written as whoever owns them. */
import { lstatSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { rootRefused } from '#mailbox/maildir/faults.ts'
import { placeOf } from '#mailbox/maildir/address-folder.ts'

/** `any`: whoever may name a folder may do on this machine what they like anyway. */
export type AllowedRoots = readonly string[] | 'any'

const USUAL = ['/srv', '/home', '/var/mail', '/var/vmail', '/var/spool/mail']

/** The data folder, where mail usually is, and what the setting maildirRoots lists. */
export function serverRoots(dataFolder: string, listed: readonly string[] = []): AllowedRoots {
  return [dataFolder, ...USUAL, ...listed.map((path) => resolve(path))]
}

/** The folder of a path: what stands before its first placeholder. */
export const fixedFolder = (path: string) => placeOf(path, 'somebody@example.org').root

/**
 * The path as it is stored: without links, so that nobody below can turn it elsewhere later unseen.
 * @throws Fault TARGET_ROOT_REFUSED
 */
export function checkedMaildirPath(path: string, allowed: AllowedRoots): string {
  const root = fixedFolder(path)
  const real = realPath(root)
  const within = allowed === 'any' ? ['/'] : allowed
  if (!within.some((one) => isBelow(real, realPath(one)))) {
    const where = real === root ? root : `${root}, which leads to ${real},`
    throw rootRefused(
      `the Maildir folder ${where} is not below a folder that this server's configuration allows`,
      `Name a folder below ${within.join(', ')}, or add another to the setting maildirRoots (WAYBILL_MAILDIR_ROOTS) where the service starts.`,
      { root },
    )
  }
  if (allowed !== 'any') refuseLinks(root, allowed)
  const below = path.split('/').filter((part) => part !== '' && part !== '.')
  const fixed = root.split('/').filter((part) => part !== '').length
  return [real === '/' ? '' : real, ...below.slice(fixed)].join('/') || '/'
}

/** For opening: the stored path must still be free of links. @throws Fault TARGET_ROOT_REFUSED */
export function rootsFor(path: string, allowed: AllowedRoots): readonly string[] {
  if (allowed === 'any') return ['/']
  const root = fixedFolder(path)
  const real = realPath(root)
  if (real !== root) throw linkRefused(root, real)
  return allowed
}

/** Below an allowed folder its users could turn a link to wherever they like. */
function refuseLinks(root: string, allowed: readonly string[]): void {
  const tops = new Set(allowed.filter((one) => isBelow(root, one)))
  for (let path = root; tops.size > 0 && !tops.has(path) && path !== '/'; path = dirname(path)) {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) throw linkRefused(path, realPath(path))
  }
}

function linkRefused(path: string, real: string) {
  return rootRefused(
    `the Maildir folder ${path} is a symbolic link or lies behind one, and none is followed below an allowed folder`,
    `Name ${real} itself.`,
    { root: path },
  )
}

const isBelow = (path: string, top: string) => top === '/' || path === top || path.startsWith(`${top}/`)

/** Of what is there; the rest as it is written. */
function realPath(path: string): string {
  if (path === '/') return path
  try {
    return realpathSync(path)
  } catch {
    return join(realPath(dirname(path)), basename(path))
  }
}
