/**
 * Which source folder has which role. A role has one holder: special use (RFC 6154) before well-known names, for
 * servers have been seen with `Sent`, `Sent Items` and `Sent Messages` side by side.
 */
import { rankOfName, roleOfPath } from '#contract/folder-roles.ts'
import type { FolderPath, FolderRole, SourceFolder, TargetFolder } from '../ports.ts'

export const isInbox = (path: FolderPath): boolean => path.length === 1 && path[0]!.toUpperCase() === 'INBOX'

/** INBOX and what is below it first, then by code unit, parents before children: the order of every list and tie. */
export function comparePaths(a: FolderPath, b: FolderPath): number {
  for (let depth = 0; depth < a.length && depth < b.length; depth++) {
    const [one, other] = [a[depth]!, b[depth]!]
    if (one === other) continue
    if (depth === 0 && one === 'INBOX') return -1
    if (depth === 0 && other === 'INBOX') return 1
    return one < other ? -1 : 1
  }
  return a.length - b.length
}

/** The role that a folder claims: by its attribute, else by its name where a name counts. */
export function claimOf(folder: Pick<SourceFolder, 'path' | 'role'>): FolderRole | null {
  if (isInbox(folder.path)) return 'inbox'
  return folder.role === null || folder.role === 'inbox' ? roleOfPath(folder.path) : folder.role
}

export interface Claims {
  /** Who has each role. */
  readonly holders: ReadonlyMap<FolderRole, SourceFolder>
  /** The target folder of each role, where there is one. */
  readonly places: ReadonlyMap<FolderRole, FolderPath>
}

export function settleClaims(source: readonly SourceFolder[], target: readonly TargetFolder[]): Claims {
  const holders = new Map<FolderRole, SourceFolder>()
  const places = new Map<FolderRole, FolderPath>()
  const claims = Map.groupBy(
    source.filter(({ selectable }) => selectable),
    claimOf,
  )
  for (const [role, claimants] of claims) {
    if (role === null || role === 'inbox') continue
    const attributed = best(target, (folder) => folder.selectable && folder.role === role, [])
    const samePath = (path: FolderPath) => attributed !== null && comparePaths(path, attributed.path) === 0
    const holder = claimants.toSorted(
      (a, b) =>
        Number(a.role !== role) - Number(b.role !== role) ||
        Number(!samePath(a.path)) - Number(!samePath(b.path)) ||
        byName(a.path, b.path),
    )[0]!
    holders.set(role, holder)
    const named = (folder: TargetFolder) =>
      folder.selectable && folder.role === null && roleOfPath(folder.path) === role
    const place = attributed ?? best(target, named, holder.path)
    if (place !== null) places.set(role, place.path)
  }
  return { holders, places }
}

/** The usual name before the unusual one, the upper folder before the lower one. */
function byName(a: FolderPath, b: FolderPath): number {
  const [one, other] = [rankOfName(a.at(-1)!), rankOfName(b.at(-1)!)]
  return one === other ? a.length - b.length || comparePaths(a, b) : one - other
}

function best(folders: readonly TargetFolder[], fits: (folder: TargetFolder) => boolean, like: FolderPath) {
  const away = ({ path }: TargetFolder) => Number(comparePaths(path, like) !== 0)
  return folders.filter(fits).toSorted((a, b) => away(a) - away(b) || byName(a.path, b.path))[0] ?? null
}
