import type { Snapshot, SnapshotMessage } from './snapshot.ts'

export interface CompareOptions {
  /** Where a source folder shall be on the target; null: it was excluded. Default: the same name. */
  readonly mapFolder?: (source: string) => string | null
  /** Messages that were not to be carried, e.g. too large. Those with `\Deleted` never count, on either side. */
  readonly excluded?: (message: SnapshotMessage, folder: string) => boolean
  /** Default true. */
  readonly subscriptions?: boolean
}

/**
 * Every difference between a source and its copy, one sentence each; empty when all arrived exactly once with bytes,
 * INTERNALDATE to the second, system flags and keywords, folders and subscriptions. Twins must be twins on both sides.
 */
export function compare(source: Snapshot, target: Snapshot, options: CompareOptions = {}): string[] {
  const map = options.mapFolder ?? ((name: string) => name)
  const expected = new Map<string, SnapshotMessage[]>()
  const problems: string[] = []
  for (const [name, messages] of source.folders) {
    const to = map(name)
    if (to === null) continue
    const wanted = messages.filter((message) => alive(message) && options.excluded?.(message, name) !== true)
    expected.set(to, [...(expected.get(to) ?? []), ...wanted])
    if (!target.folders.has(to)) problems.push(`folder ${name}: ${to} is missing on the target`)
    if (options.subscriptions !== false && source.subscriptions.has(name) && !target.subscriptions.has(to)) {
      problems.push(`folder ${to}: is not subscribed`)
    }
  }
  for (const [name, messages] of target.folders) {
    problems.push(...compareFolder(name, expected.get(name) ?? [], messages.filter(alive)))
  }
  for (const name of options.subscriptions === false ? [] : target.subscriptions) {
    const wanted = [...source.subscriptions].some((from) => map(from) === name)
    if (!wanted && expected.has(name)) problems.push(`folder ${name}: is subscribed, the source is not`)
  }
  return problems
}

const alive = (message: SnapshotMessage) => !message.flags.includes('\\Deleted')

function compareFolder(name: string, source: readonly SnapshotMessage[], target: readonly SnapshotMessage[]): string[] {
  const problems: string[] = []
  const there = Map.groupBy(target, (message) => message.sha256)
  for (const [digest, wanted] of Map.groupBy(source, (message) => message.sha256)) {
    const found = there.get(digest) ?? []
    there.delete(digest)
    const label = `folder ${name}: ${describe(wanted[0])}`
    if (found.length < wanted.length)
      problems.push(`${label} is missing (${wanted.length} wanted, ${found.length} there)`)
    else if (found.length > wanted.length)
      problems.push(`${label} is doubled (${wanted.length} wanted, ${found.length} there)`)
    else {
      // Twins may be told apart by date and flags only: compare them as multisets.
      const marks = (list: readonly SnapshotMessage[]) => list.map(mark).sort()
      const [before, after] = [marks(wanted), marks(found)]
      const changed = before.filter((one, i) => one !== after[i])
      if (changed.length > 0) problems.push(`${label} has changed: ${before.join(' + ')} became ${after.join(' + ')}`)
    }
  }
  for (const extra of [...there.values()].flat())
    problems.push(`folder ${name}: ${describe(extra)} is on the target only`)
  return problems
}

const mark = ({ internalDate, flags }: SnapshotMessage) =>
  `${new Date(internalDate * 1000).toISOString().slice(0, 19)} (${flags.join(' ')})`

function describe(message: SnapshotMessage | undefined): string {
  if (message === undefined) return 'nothing'
  const subject = /^Subject: (.*)$/im.exec(message.head)?.[1]?.trim() ?? JSON.stringify(message.head.slice(0, 40))
  return `${message.key} "${subject.slice(0, 60)}" of ${message.size} bytes`
}
