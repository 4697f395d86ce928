/** The flags of given messages as they are now. */
import { type Runs, formatRuns, hasUid } from '#base/uid-set.ts'
import { fetchItems } from './fetch-items.ts'
import type { Lane } from './lane.ts'

const RUNS_PER_COMMAND = 180

export async function fetchFlags(lane: Lane, what: string, uids: Runs): Promise<Map<number, readonly string[]>> {
  const flags = new Map<number, readonly string[]>()
  const commands: Promise<unknown>[] = []
  for (let at = 0; at < uids.length; at += RUNS_PER_COMMAND) {
    const set = uids.slice(at, at + RUNS_PER_COMMAND)
    commands.push(
      lane.run(what, [`UID FETCH ${formatRuns(set)} (UID FLAGS)`], {
        untagged(response) {
          if (response.word !== 'FETCH') return false
          const items = fetchItems(response)
          if (items.uid === null || items.flags === null || items.hasBody || !hasUid(set, items.uid)) return false
          flags.set(items.uid, items.flags)
          return true
        },
      }),
    )
  }
  await Promise.all(commands)
  return flags
}
