import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { MigrateEvent } from '#contract/migrate.ts'

/**
 * Below what a Maildir target may be written: the part of the given root before its first placeholder, or, where that
 * is still to be made, the nearest folder above it that is there. Whoever gives the root on the command line allows it.
 */
export function maildirRoot(root: string): string {
  let path = fixedPart(root)
  while (path !== '/' && !existsSync(path)) path = dirname(path)
  return path
}

/** The part before the first placeholder. */
export function fixedPart(root: string): string {
  const placeholder = root.indexOf('{')
  return (placeholder < 0 ? root : root.slice(0, root.lastIndexOf('/', placeholder))) || '/'
}

/** Mail belongs to whom the root folder belongs: as root's, a mail server that works as another user cannot read it. */
export function warnOfRoot(root: string, tell: (event: MigrateEvent) => void): void {
  if (process.getuid?.() !== 0) return
  const path = fixedPart(root)
  const isThere = existsSync(path)
  if (isThere && statSync(path).uid !== 0) return
  const text = isThere
    ? `the Maildir folder ${path} belongs to root, and so will all mail in it; a mail server that works as another user cannot read it: chown it to that user first`
    : `the Maildir folder ${path} is not there and will belong to root, with all mail in it; a mail server that works as another user cannot read it: make it first and chown it to that user`
  tell({ kind: 'warning', text })
}
