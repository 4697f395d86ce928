/**
 * Lists both sides, maps names, makes what is missing on the target and decides per folder whether there is anything
 * to do. For an unchanged mailbox this is all that a pass does (transfer-engine.md G6).
 */
import { crashPoint } from '#base/crash-point.ts'
import { excluder, unusedPatterns } from '../plan/exclude.ts'
import type { PlannedFolder } from '../plan/map-folders.ts'
import { decidePass } from '../plan/decide-pass.ts'
import type { FolderPath, FolderRecord, Intent, SourceFolder, TargetFolder } from '../ports.ts'
import { chooseAgain } from './look-again.ts'
import { FolderWork } from './folder-work.ts'
import { keyOf, placeFolders } from './make-folders.ts'
import type { Pass } from './pass.ts'

export async function planFolders(pass: Pass): Promise<FolderWork[]> {
  const { source, target, ledger } = pass.ports
  const [sourceFolders, targetFolders, records, intents] = await Promise.all([
    source.folders(),
    target.folders(),
    ledger.folders(),
    ledger.openIntents(),
  ])
  const excludes = excluder(pass.options.exclude, sourceFolders)
  const includes = excluder(pass.options.include, sourceFolders)
  const wanted = sourceFolders.filter((folder) => {
    const isIncluded = pass.options.include.length === 0 || includes(folder) !== null
    const pattern = isIncluded ? excludes(folder) : 'not among the folders to include'
    if (pattern !== null && folder.selectable) {
      pass.report.excluded.push({ path: folder.path, messages: folder.status?.messages ?? 0, pattern })
    }
    return pattern === null
  })
  for (const unused of unusedPatterns(pass.options.exclude, sourceFolders)) {
    pass.report.notes.push(`The folder to leave out ${unused} matches no folder of this mailbox.`)
  }
  for (const unused of unusedPatterns(pass.options.include, sourceFolders)) {
    pass.report.notes.push(`The folder to include ${unused} matches no folder of this mailbox.`)
  }
  const bySource = Map.groupBy(records, ({ sourcePath }) => keyOf(sourcePath))
  const { entries, there } = await placeFolders(pass, wanted, targetFolders, records)

  const doubts = Map.groupBy(intents, ({ folder }) => folder)
  const made: FolderRecord[] = []
  const chosen = entries
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
  const planned = new Set(works.map(({ source: { path } }) => keyOf(path)))
  for (const [key, history] of bySource) {
    // Of several numberings the last one has what was recognised of those before.
    if (!planned.has(key)) pass.report.landedElsewhere += await ledger.landedCount(history.at(-1)!.id)
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
  work.inherited = new Set(work.doubt.map(({ id }) => id))
  const resent = record.mark === null || (await pass.ports.ledger.resentIn(record.id)).length > 0
  const renumbered = source.status !== null && source.status.validity !== record.sourceValidity
  const again = decision?.kind === 'none' && record.again.length > 0 && (await chooseAgain(pass, record))
  const emptied = decision?.why === 'empty' && (record.mark?.messages ?? 0) > 0
  work.active = emptied || decision?.kind !== 'none' || work.doubt.length > 0 || resent || renumbered || again
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
  adopted: 'never',
  sourceMessages: source.status?.messages ?? null,
})

const missing = (path: FolderPath): TargetFolder => ({
  path,
  raw: '',
  role: null,
  selectable: false,
  subscribed: false,
  status: null,
})
