/** The commands on batches: which route carries one out, and what speaks against it. */
import { ask } from '../api.ts'
import type { MigrationBatch } from '#contract/batch.ts'
import type { Words } from '../words/en.ts'

/** As the pages name them: Exchange shows Start and Resume apart, one command of the service carries out both. */
export const COMMANDS = ['start', 'resume', 'pause', 'remove', 'syncNow'] as const
export type Command = (typeof COMMANDS)[number]

export const carryOut: Readonly<Record<Command, (identity: string) => Promise<MigrationBatch>>> = {
  start: (identity) => ask('startBatch', { params: { identity } }),
  resume: (identity) => ask('startBatch', { params: { identity } }),
  pause: (identity) => ask('stopBatch', { params: { identity } }),
  remove: (identity) => ask('removeBatch', { params: { identity } }),
  syncNow: (identity) => ask('updateBatch', { params: { identity }, body: { syncNow: true } }),
}

/** Start is for what was never started, Resume for everything else: also for the failed mailboxes of one that runs. */
/** Start was given: what is to come is its time. */
const isWaiting = ({ status }: MigrationBatch) => status === 'Waiting'
const isNew = ({ status }: MigrationBatch) => status === 'Created'

/** Why not; null where it can be used. The service's reasons, and for Start and Resume which of the two it is. */
export function reasonAgainst(words: Words, command: Command, batch: MigrationBatch): string | null {
  const { commands } = batch
  switch (command) {
    case 'start':
      if (isWaiting(batch)) return words.command.waits
      return isNew(batch) ? (commands.Start ?? null) : words.command.startedAlready
    case 'resume':
      if (isWaiting(batch)) return words.command.waits
      return isNew(batch) ? words.command.notStarted : (commands.Start ?? null)
    case 'pause':
      return commands.Stop ?? null
    case 'remove':
      return commands.Remove ?? null
    case 'syncNow':
    default:
      return commands.SyncNow ?? null
  }
}

/** Of several: those that can be, with the others the command is not lost. */
export function reasonAgainstAll(words: Words, command: Command, batches: readonly MigrationBatch[]): string | null {
  if (batches.length === 0) return words.batches.chooseOne
  const reasons = batches.map((batch) => reasonAgainst(words, command, batch))
  return reasons.includes(null) ? null : (reasons[0] ?? null)
}
