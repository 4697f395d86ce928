import type { FolderWork } from '../pass/folder-work.ts'
import type { Pass } from '../pass/pass.ts'
import type { Landed, TargetKey } from '../ports.ts'
import { unexplainedCopies } from './look.ts'
import { matchCopies, roughKey } from './match.ts'

/** All that we carried into the folder, and where it stands by its contents, whatever keys the ledger has. */
export async function findAnew(
  pass: Pass,
  work: FolderWork,
): Promise<{ readonly ours: readonly Landed[]; readonly found: ReadonlyMap<number, TargetKey> }> {
  const ours: Landed[] = []
  for await (const group of pass.ports.ledger.groups(work.record.id, null)) ours.push(...group.messages)
  if (ours.length === 0) return { ours, found: new Map() }
  const found = await pass.look(async (reader) => {
    await reader.open(work.target)
    return matchCopies(ours, await unexplainedCopies(reader, 1, new Set(ours.map(roughKey)), new Set()))
  })
  return { ours, found }
}
