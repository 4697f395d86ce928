/** Gives every source folder its place on the target, made and subscribed (transfer-engine.md §6). */
import { crashPoint } from '#base/crash-point.ts'
import { Fault } from '#base/fault.ts'
import { mapFolders, type PlannedFolder } from '../plan/map-folders.ts'
import type { FolderPath, FolderRecord, FolderRole, SourceFolder, TargetFolder } from '../ports.ts'
import type { FolderWork } from './folder-work.ts'
import type { Pass } from './pass.ts'

export const keyOf = (path: FolderPath) => JSON.stringify(path)

/** Servers refuse to make folders for the views that they keep themselves (\\All, \\Flagged, \\Important). */
const VIEWS = new Set<FolderRole | null>(['all', 'flagged', 'important', 'inbox'])
const creatable = (role: FolderRole | null) => (VIEWS.has(role) ? null : role)

/** Why the target's CREATE refused a path. */
type Refused = Map<string, Fault>

export interface Placed {
  readonly entries: readonly PlannedFolder[]
  /** The target's folders by path, those that were made included. */
  readonly there: Map<string, TargetFolder>
}

/**
 * Plans names and makes what is missing. Which names a server refuses only its CREATE tells (Dovecot: `~`, reserved
 * words; Cyrus: letters of its own): a refused one is planned again, until the target takes them all.
 */
export async function placeFolders(
  pass: Pass,
  source: readonly SourceFolder[],
  target: readonly TargetFolder[],
  records: readonly FolderRecord[],
): Promise<Placed> {
  const there = new Map(target.map((folder) => [keyOf(folder.path), folder]))
  const known = new Set(records.map(({ sourcePath }) => keyOf(sourcePath)))
  const refused: Refused = new Map()
  for (;;) {
    const { entries } = mapFolders(
      source,
      {
        folders: target,
        caseInsensitive: pass.ports.target.traits.caseInsensitive,
        nameProblem: (path) => {
          const why = refused.get(keyOf(path))
          return why ? wordsOf(why) : pass.ports.target.nameProblem(path)
        },
      },
      records.map(({ sourcePath, targetPath }) => ({ sourcePath, targetPath })),
    )
    const fresh = entries.filter(({ source: { path, selectable } }) => selectable && !known.has(keyOf(path)))
    const before = refused.size
    const made = await makeFolders(pass, fresh, there, refused)
    const faults = [...refused.values()]
    // A target that makes no folder at all, always with the same words, has nothing against the names.
    if (made === 0 && before === 0 && faults.length > 1 && new Set(faults.map(wordsOf)).size === 1) throw faults[0]!
    if (refused.size > before) continue
    for (const { note } of entries) if (note) pass.report.notes.push(note)
    return { entries, there }
  }
}

/**
 * Creates and subscribes what a first pass needs; a folder that people delete later is not made again for nothing.
 * Answers how many it made.
 */
async function makeFolders(
  pass: Pass,
  entries: readonly PlannedFolder[],
  there: Map<string, TargetFolder>,
  refused: Refused,
): Promise<number> {
  let count = 0
  const make = async ({ source, targetPath, role }: PlannedFolder) => {
    let folder = there.get(keyOf(targetPath))
    if (!folder?.selectable) {
      const made = await makeOne(pass, targetPath, role, there, refused)
      if (made === null) return
      folder = made
      count++
      there.set(keyOf(targetPath), folder)
      crashPoint('folder.created')
    }
    if (source.subscribed && !folder.subscribed) await pass.ports.target.subscribe(folder)
  }
  // Parents first: some servers make them of another kind when a child comes before them.
  const levels = [...Map.groupBy(entries, ({ targetPath }) => targetPath.length)].sort(([a], [b]) => a - b)
  for (const [, level] of levels) {
    await Promise.all(level.map(make))
  }
  return count
}

/** Null when the target does not take the name; which level of it is at fault is then among `refused`. */
async function makeOne(
  pass: Pass,
  path: FolderPath,
  role: FolderRole | null,
  there: ReadonlyMap<string, TargetFolder>,
  refused: Refused,
): Promise<TargetFolder | null> {
  const { target } = pass.ports
  try {
    return await target.create(path, creatable(role))
  } catch (thrown) {
    if (!isNameRefused(thrown)) throw thrown
    for (let depth = 1; depth < path.length; depth++) {
      const parent = path.slice(0, depth)
      if (there.has(keyOf(parent))) continue
      try {
        await target.create(parent, null)
      } catch (why) {
        if (!isNameRefused(why)) throw why
        refused.set(keyOf(parent), why)
        return null
      }
    }
    refused.set(keyOf(path), thrown)
    return null
  }
}

const isNameRefused = (thrown: unknown): thrown is Fault =>
  thrown instanceof Fault && thrown.code === 'FOLDER_NAME_REFUSED'

const wordsOf = ({ facts, message }: Fault): string =>
  typeof facts['said'] === 'string' && facts['said'] !== '' ? `the target says: ${facts['said']}` : message

/** A target folder that has gone since it was planned is made again when there is mail for it: then true. */
export async function ensureTarget(pass: Pass, work: FolderWork): Promise<boolean> {
  if (work.target.selectable) return false
  if (work.record.mark !== null || work.record.targetValidity !== null) {
    pass.report.notes.push(`Folder ${work.place} had gone from the target; it was made again for new mail.`)
  }
  const folder = await pass.ports.target.create(work.record.targetPath, creatable(work.source.role))
  if (!folder.selectable) {
    throw new Fault({
      code: 'TARGET_FOLDER_UNUSABLE',
      scope: 'folder',
      transient: false,
      message: `Folder ${work.place} of the target cannot hold mail (\\Noselect).`,
      remedy: 'Rename or remove it on the target, then start it again.',
      facts: { folder: work.place },
    })
  }
  work.target = folder
  return true
}
