/**
 * Lists both sides, maps names, makes what is missing on the target and decides per folder whether there is anything
 * to do. For an unchanged mailbox this is all that a pass does (transfer-engine.md G6).
 */
import { crashPoint } from '#base/crash-point.ts'
import { Fault } from '#base/fault.ts'
import { excluder, unusedPatterns } from '../plan/exclude.ts'
import { mapFolders, type PlannedFolder } from '../plan/map-folders.ts'
import { decidePass } from '../plan/decide-pass.ts'
import type { FolderPath, FolderRecord, FolderRole, Intent, SourceFolder, TargetFolder } from '../ports.ts'
import { chooseAgain } from './look-again.ts'
import { FolderWork } from './folder-work.ts'
import type { Pass } from './pass.ts'

const keyOf = (path: FolderPath) => JSON.stringify(path)

export async function planFolders(pass: Pass): Promise<FolderWork[]> {
  const { source, target, ledger } = pass.ports
  const [sourceFolders, targetFolders, records, intents] = await Promise.all([
    source.folders(),
    target.folders(),
    ledger.folders(),
    ledger.openIntents(),
  ])
  const excludes = excluder(pass.options.exclude, sourceFolders)
  const wanted = sourceFolders.filter((folder) => {
    const pattern = excludes(folder)
    if (pattern !== null && folder.selectable) {
      pass.report.excluded.push({ path: folder.path, messages: folder.status?.messages ?? 0, pattern })
    }
    return pattern === null
  })
  for (const unused of unusedPatterns(pass.options.exclude, sourceFolders)) {
    pass.report.notes.push(`--exclude-folder ${unused} matches no folder of this mailbox.`)
  }
  const bySource = Map.groupBy(records, ({ sourcePath }) => keyOf(sourcePath))
  const plan = mapFolders(
    wanted,
    {
      folders: targetFolders,
      caseInsensitive: target.traits.caseInsensitive,
      nameProblem: (path) => target.nameProblem(path),
    },
    records.map(({ sourcePath, targetPath }) => ({ sourcePath, targetPath })),
  )
  for (const entry of plan.entries) if (entry.note) pass.report.notes.push(entry.note)
  const there = new Map(targetFolders.map((folder) => [keyOf(folder.path), folder]))
  const fresh = plan.entries.filter(({ source: { path, selectable } }) => selectable && !bySource.has(keyOf(path)))
  await makeFolders(pass, fresh, there)

  const doubts = Map.groupBy(intents, ({ folder }) => folder)
  const made: FolderRecord[] = []
  const chosen = plan.entries
    .filter(({ source: { selectable } }) => selectable)
    .map((entry) => {
      const history = bySource.get(keyOf(entry.source.path)) ?? []
      let record = current(history, entry.source)
      if (!record) made.push((record = newRecord(entry)))
      return { source: entry.source, record, history }
    })
  if (made.length > 0) await ledger.saveFolders(made)
  const works: FolderWork[] = []
  for (const { source: folder, record, history } of chosen) {
    works.push(await workOf(pass, folder, record, history, there, doubts))
  }
  crashPoint('folders.saved')
  return works
}

async function workOf(
  pass: Pass,
  source: SourceFolder,
  record: FolderRecord,
  history: readonly FolderRecord[],
  there: Map<string, TargetFolder>,
  doubts: ReadonlyMap<string, Intent[]>,
): Promise<FolderWork> {
  const older = history.filter(({ id }) => id !== record.id)
  const target = there.get(keyOf(record.targetPath)) ?? missing(record.targetPath)
  const decision = source.status ? decidePass(record, source.status) : null
  const work = new FolderWork(
    source,
    target,
    record,
    older,
    decision?.why ?? 'the source tells its state only when opened',
  )
  work.doubt = history.flatMap(({ id }) => doubts.get(id) ?? [])
  const resent = record.mark === null || (await pass.ports.ledger.resentIn(record.id)).length > 0
  const renumbered = source.status !== null && source.status.validity !== record.sourceValidity
  const again = decision?.kind === 'none' && record.again.length > 0 && (await chooseAgain(pass, record))
  work.active = decision?.kind !== 'none' || work.doubt.length > 0 || resent || renumbered || again
  work.report.landed = await pass.ports.ledger.landedCount(record.id)
  return work
}

/** The record of the numbers that the source has now; else the last one, which is then matched again. */
const current = (history: readonly FolderRecord[], source: SourceFolder): FolderRecord | undefined =>
  history.find(({ sourceValidity }) => sourceValidity === source.status?.validity) ?? history.at(-1)

const newRecord = ({ source, targetPath }: PlannedFolder): FolderRecord => ({
  id: crypto.randomUUID(),
  sourcePath: source.path,
  targetPath,
  sourceValidity: source.status?.validity ?? 0,
  targetValidity: null,
  targetUidNext: 0,
  mark: null,
  again: [],
  rewriting: 'unknown',
  adopted: false,
})

const missing = (path: FolderPath): TargetFolder => ({
  path,
  raw: '',
  role: null,
  selectable: false,
  subscribed: false,
  status: null,
})

/** Servers refuse to make folders for the views that they keep themselves (\\All, \\Flagged, \\Important). */
const VIEWS = new Set<FolderRole | null>(['all', 'flagged', 'important', 'inbox'])
const creatable = (role: FolderRole | null) => (VIEWS.has(role) ? null : role)

/** Creates and subscribes what a first pass needs; a folder that people delete later is not made again for nothing. */
async function makeFolders(
  pass: Pass,
  entries: readonly PlannedFolder[],
  there: Map<string, TargetFolder>,
): Promise<void> {
  const { target } = pass.ports
  const make = async ({ source, targetPath, role }: PlannedFolder) => {
    let folder = there.get(keyOf(targetPath))
    if (!folder?.selectable) {
      folder = await target.create(targetPath, creatable(role))
      there.set(keyOf(targetPath), folder)
      crashPoint('folder.created')
    }
    if (source.subscribed && !folder.subscribed) await target.subscribe(folder)
  }
  // Parents first: some servers make them of another kind when a child comes before them.
  const levels = [...Map.groupBy(entries, ({ targetPath }) => targetPath.length)].sort(([a], [b]) => a - b)
  for (const [, level] of levels) {
    await Promise.all(level.map(make))
  }
}

/** A target folder that has gone since it was planned is made again when there is mail for it. */
export async function ensureTarget(pass: Pass, work: FolderWork): Promise<void> {
  if (work.target.selectable) return
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
      remedy: 'Rename or remove it on the target, then run the same command again.',
      facts: { folder: work.place },
    })
  }
  work.target = folder
}
