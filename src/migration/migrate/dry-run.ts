/** What a migration would do, found out without writing anything: log in on both sides, map, count, weigh. */
import { asFault } from '#base/fault.ts'
import type { DryRunFolder, DryRunUser } from '#contract/migrate.ts'
import type { PassOptions } from '#engine/pass/options.ts'
import { excluder, formatFolder, unusedPatterns } from '#engine/plan/exclude.ts'
import { mapFolders } from '#engine/plan/map-folders.ts'
import { weighFolder } from '#engine/plan/weigh-folder.ts'
import type { MailSource, MailTarget, SourceFolder } from '#engine/ports.ts'
import { errorOf, type UserJob } from './run-user.ts'

type Limits = Pick<PassOptions, 'exclude' | 'maxMessageBytes' | 'maxItems'>

/** Never rejects: what would fail is the result. */
export async function dryRunUser(job: UserJob, limits: Limits, signal: AbortSignal): Promise<DryRunUser> {
  const { emailAddress, rowNumber } = job
  try {
    const [opened, target] = await Promise.allSettled([job.openSource(), job.openTarget()])
    await using closer = new AsyncDisposableStack()
    if (opened.status === 'fulfilled') closer.use(opened.value)
    if (target.status === 'fulfilled') closer.use(target.value)
    if (opened.status === 'rejected') throw opened.reason
    if (target.status === 'rejected') throw target.reason
    const notes: string[] = []
    const folders = await weighFolders(opened.value, target.value, limits, notes, signal)
    const total = folders.reduce((sum, { messages }) => sum + messages, 0)
    if (total > limits.maxItems)
      notes.push(`${total} messages are more than --max-items ${limits.maxItems}: the newest would be moved.`)
    return { emailAddress, rowNumber, error: null, folders, notes }
  } catch (thrown) {
    return { emailAddress, rowNumber, error: errorOf(asFault(thrown)), folders: [], notes: [] }
  }
}

async function weighFolders(
  source: MailSource,
  target: MailTarget,
  limits: Limits,
  notes: string[],
  signal: AbortSignal,
): Promise<DryRunFolder[]> {
  const [sourceFolders, targetFolders] = await Promise.all([source.folders(), target.folders()])
  const rows: DryRunFolder[] = []
  const wanted: SourceFolder[] = []
  const excludes = excluder(limits.exclude, sourceFolders)
  for (const unused of unusedPatterns(limits.exclude, sourceFolders)) {
    notes.push(`--exclude-folder ${unused} matches no folder of this mailbox.`)
  }
  for (const folder of sourceFolders) {
    const pattern = excludes(folder)
    if (pattern === null) wanted.push(folder)
    else if (folder.selectable) {
      rows.push({
        source: formatFolder(folder.path),
        target: '',
        messages: folder.status?.messages ?? 0,
        bytes: 0,
        large: 0,
        deleted: 0,
        note: `excluded by ${pattern}`,
      })
    }
  }
  const plan = mapFolders(
    wanted,
    {
      folders: targetFolders,
      caseInsensitive: target.traits.caseInsensitive,
      nameProblem: (path) => target.nameProblem(path),
    },
    [],
  )
  const there = new Map(targetFolders.map((folder) => [JSON.stringify(folder.path), folder]))
  await using reader = await source.reader()
  for (const entry of plan.entries) {
    signal.throwIfAborted()
    if (!entry.source.selectable) continue
    const weight = await weighFolder(reader, entry.source, limits.maxMessageBytes)
    const known = there.get(JSON.stringify(entry.targetPath))
    const held = known?.status?.messages ?? 0
    const note = [entry.note, known ? (held > 0 ? `${held} messages are there already` : '') : 'would be created']
      .filter(Boolean)
      .join('; ')
    rows.push({ source: formatFolder(entry.source.path), target: formatFolder(entry.targetPath), ...weight, note })
  }
  if (rows.some(({ large }) => large > 0)) notes.push('Messages that are too large would be left out and listed.')
  return rows
}
