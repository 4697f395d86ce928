import { existsSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Below what a Maildir target may be written: the part of the given root before its first placeholder, or, where that
 * is still to be made, the nearest folder above it that is there. Whoever gives the root on the command line allows it.
 */
export function maildirRoot(root: string): string {
  const placeholder = root.indexOf('{')
  let path = (placeholder < 0 ? root : root.slice(0, root.lastIndexOf('/', placeholder))) || '/'
  while (path !== '/' && !existsSync(path)) path = dirname(path)
  return path
}
