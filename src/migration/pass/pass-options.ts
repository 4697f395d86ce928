/** A batch's choices as the engine takes them. */
import type { PassOptions } from '#engine/pass/options.ts'
import { parseFolderPattern } from '#engine/plan/exclude.ts'
import type { StoredChoices } from '#store/tables.ts'
import { parseReceivedFilter } from '../batch/received-filter.ts'

/** Passing faults that a pass sits out itself, slot in hand; then the user waits for its next turn without one. */
const MOST_FAULTS = 5

export function passOptions(choices: StoredChoices): Partial<PassOptions> {
  return {
    exclude: choices.excludeFolders.map(parseFolderPattern),
    include: choices.includeFolders.map(parseFolderPattern),
    received: parseReceivedFilter(choices.contentFilter),
    mostFaults: MOST_FAULTS,
  }
}
