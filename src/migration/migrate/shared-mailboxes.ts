/**
 * Rows of one file that lead into one target mailbox, or out of one source mailbox: two people's mail must not be merged
 * by a slip in a column, and which of two rows wins must not depend on who logs in first.
 */
import { placeOf } from '#mailbox/maildir/address-folder.ts'
import type { BadRow, CsvUser } from '#csv/check-rows.ts'
import type { UserJob } from './run-user.ts'

/** What tells target mailboxes apart. Log-ins and addresses are compared without regard to case, as mail servers do. */
function targetOf({ identity, emailAddress }: UserJob): string {
  const { kind, place, login } = identity.target
  if (kind !== 'Maildir') return login.toLowerCase()
  const { root, below } = placeOf(place, emailAddress)
  return [root, ...below].join('/')
}

function sourceOf({ identity }: UserJob): string {
  const { userName, userRoot } = identity.source
  return JSON.stringify([userName.toLowerCase(), userRoot])
}

/** The first row of each mailbox runs; the others are answered as bad rows that name it. */
export function sharedMailboxes(jobs: readonly UserJob[], users: readonly CsvUser[]): BadRow[] {
  const [targets, sources] = [new Map<string, UserJob>(), new Map<string, UserJob>()]
  const cells = new Map(users.map((user) => [user.rowNumber, user.cells]))
  return jobs.flatMap((job) => {
    const [target, source] = [targetOf(job), sourceOf(job)]
    const [sameTarget, sameSource] = [targets.get(target), sources.get(source)]
    const message = sameTarget
      ? `it leads into the same target mailbox as row ${sameTarget.rowNumber}; two mailboxes are merged only by commands of their own`
      : sameSource
        ? `it reads the same source mailbox as row ${sameSource.rowNumber}; one mailbox is brought to two targets only by commands of their own`
        : null
    if (message !== null)
      return [{ rowNumber: job.rowNumber, cells: cells.get(job.rowNumber) ?? [], columns: [], message }]
    targets.set(target, job)
    sources.set(source, job)
    return []
  })
}
