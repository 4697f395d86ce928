/**
 * Which target folder each source folder goes to (transfer-engine.md §6). The same folders give the same plan in any
 * order; what is known from an earlier pass never changes, whatever either side has renamed since.
 */
import type { FolderPath, FolderRole, SourceFolder } from '../ports.ts'
import { formatFolder } from './exclude.ts'
import { type TargetNaming, TargetNames } from './map-folders-names.ts'
import { claimOf, comparePaths, isInbox, settleClaims } from './map-folders-roles.ts'

export type { TargetNaming }

/** kept: planned by an earlier pass; role: to the target's own folder of that role; name; renamed: see `note`. */
export type MapReason = 'kept' | 'role' | 'name' | 'renamed'

export interface PlannedFolder {
  readonly source: SourceFolder
  readonly targetPath: FolderPath
  /** The role that the source folder holds, alone; null when it has none, or another folder holds it. */
  readonly role: FolderRole | null
  readonly reason: MapReason
  /** A sentence for the person who reads the plan. */
  readonly note?: string
  /** False: hierarchy only, nothing to copy; its path stands for the place of its children. */
  readonly selectable: boolean
}

export interface FolderPlan {
  /** INBOX first, then by source path, parents before children. */
  readonly entries: readonly PlannedFolder[]
}

export interface KnownMapping {
  readonly sourcePath: FolderPath
  readonly targetPath: FolderPath
}

const keyOf = (path: FolderPath) => JSON.stringify(path)
const VIEWS: ReadonlySet<FolderRole | null> = new Set<FolderRole>(['all', 'flagged', 'important'])

/** Throws Fault TARGET_FOLDER_NAME when the target takes no name at all for a folder. */
export function mapFolders(
  source: readonly SourceFolder[],
  target: TargetNaming,
  known: readonly KnownMapping[],
): FolderPlan {
  const plan = new Planning(withoutDoubles(source), target, known)
  return { entries: plan.run().sort((a, b) => comparePaths(a.source.path, b.source.path)) }
}

/** Some servers list a folder twice, once as a mere parent. */
function withoutDoubles(source: readonly SourceFolder[]): SourceFolder[] {
  const byPath = new Map<string, SourceFolder>()
  for (const folder of source) {
    const before = byPath.get(keyOf(folder.path))
    if (before === undefined || (folder.selectable && !before.selectable)) byPath.set(keyOf(folder.path), folder)
  }
  return [...byPath.values()].sort((a, b) => comparePaths(a.path, b.path))
}

class Planning {
  readonly #source: readonly SourceFolder[]
  readonly #names: TargetNames
  readonly #known: ReadonlyMap<string, FolderPath>
  readonly #claims
  /** Target paths by source path, of listed folders and of parents that the server did not list. */
  readonly #places = new Map<string, FolderPath>()
  readonly #entries: PlannedFolder[] = []
  readonly #inbox: SourceFolder | undefined

  constructor(source: readonly SourceFolder[], target: TargetNaming, known: readonly KnownMapping[]) {
    this.#source = source
    this.#names = new TargetNames(target)
    this.#known = new Map(known.map(({ sourcePath, targetPath }) => [keyOf(sourcePath), targetPath]))
    this.#claims = settleClaims(source, target.folders)
    this.#inbox = source.find(({ path }) => isInbox(path))
  }

  run(): PlannedFolder[] {
    for (const path of this.#known.values()) this.#names.claim(path)
    for (const [key, path] of this.#known) this.#places.set(key, path)
    for (const folder of this.#source) {
      const path = this.#known.get(keyOf(folder.path))
      if (path) this.#put(folder, path, 'kept', [])
    }
    this.#names.claim(['INBOX'])
    if (this.#inbox && !this.#done(this.#inbox)) this.#put(this.#inbox, ['INBOX'], 'name', [])
    for (const [role, folder] of this.#claims.holders) this.#putByRole(folder, role)

    const levels = [...Map.groupBy(this.#source, ({ path }) => path.length)].sort(([a], [b]) => a - b)
    for (const [, level] of levels) {
      // Names that stay as they are come first: a renamed folder must not take the name of one that need not change.
      const later = level.filter((folder) => !this.#done(folder) && !this.#putUnchanged(folder))
      for (const folder of later) this.#putRenamed(folder)
    }
    return this.#entries
  }

  #done({ path }: SourceFolder): boolean {
    return this.#places.has(keyOf(path))
  }

  #put(source: SourceFolder, targetPath: FolderPath, reason: MapReason, notes: readonly string[]): void {
    const { selectable } = source
    this.#places.set(keyOf(source.path), targetPath)
    if (selectable) this.#names.claim(targetPath)
    const role = this.#roleOf(source)
    const said = reason === 'kept' ? [] : [...notes, ...this.#aboutRole(source)]
    const entry = { source, targetPath, role, reason, selectable }
    this.#entries.push(said.length > 0 ? { ...entry, note: said.join(' ') } : entry)
  }

  #roleOf(source: SourceFolder): FolderRole | null {
    if (isInbox(source.path)) return source === this.#inbox ? 'inbox' : null
    const role = claimOf(source)
    return role !== null && this.#claims.holders.get(role) === source ? role : null
  }

  #aboutRole(source: SourceFolder): string[] {
    const claim = claimOf(source)
    if (claim === null || claim === 'inbox' || !source.selectable) return []
    const holder = this.#claims.holders.get(claim)!
    const name = formatFolder(source.path)
    if (holder !== source) {
      return [
        `Folder ${name} looks like the ${claim} folder too; that is ${formatFolder(holder.path)}, so ${name} keeps its own name.`,
      ]
    }
    return VIEWS.has(claim) ? [`Folder ${name} is a view (\\${claim}): its messages are in other folders, too.`] : []
  }

  #putByRole(folder: SourceFolder, role: FolderRole): void {
    const path = this.#claims.places.get(role)
    if (path === undefined || this.#done(folder) || this.#names.takenBy(path) !== null) return
    this.#put(folder, path, 'role', [])
  }

  /** Where the children of a source path go: below the place of that folder, listed or not. */
  #placeOf(path: FolderPath): FolderPath {
    if (path.length === 0) return path
    const place = this.#places.get(keyOf(path))
    if (place) return place
    const found = isInbox(path) ? ['INBOX'] : this.#names.fit(this.#placeOf(path.slice(0, -1)), path.at(-1)!).path
    const spelt = this.#names.spelt(found)
    this.#places.set(keyOf(path), spelt)
    return spelt
  }

  #putUnchanged(folder: SourceFolder): boolean {
    const wanted = [...this.#placeOf(folder.path.slice(0, -1)), folder.path.at(-1)!]
    if (this.#names.problem(wanted) !== null) return false
    if (folder.selectable && this.#names.takenBy(wanted) !== null) return false
    this.#put(folder, this.#names.spelt(wanted), 'name', [])
    return true
  }

  #putRenamed(folder: SourceFolder): void {
    const { path: fitted, problem } = this.#names.fit(this.#placeOf(folder.path.slice(0, -1)), folder.path.at(-1)!)
    const other = folder.selectable ? this.#names.takenBy(fitted) : null
    const path = this.#names.spelt(other === null ? fitted : this.#names.suffixed(fitted))
    const why = [
      ...(problem === null ? [] : [problem.replace(/\.$/, '')]),
      ...(other === null ? [] : [`${formatFolder(other)} is taken by another folder`]),
    ]
    this.#put(folder, path, 'renamed', [
      `Folder ${formatFolder(folder.path)} becomes ${formatFolder(path)} on the target: ${why.join('; ')}.`,
    ])
  }
}
