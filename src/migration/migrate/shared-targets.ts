/** Rows of one file that lead into one target mailbox: two people's mail must not be merged by a slip in a column. */
import { placeOf } from '#mailbox/maildir/address-folder.ts'
import type { BadRow, CsvUser } from '../csv/check-rows.ts'
import type { UserJob } from './run-user.ts'

/** What tells target mailboxes apart. Log-ins and addresses are compared without regard to case, as mail servers do. */
function targetOf({ identity, emailAddress }: UserJob): string {
  const { kind, place, login } = identity.target
  if (kind !== 'Maildir') return login.toLowerCase()
  const { root, below } = placeOf(place, emailAddress)
  return [root, ...below].join('/')
}

/** The first row of each target runs; the others are answered as bad rows that name it. */
export function sharedTargets(jobs: readonly UserJob[], users: readonly CsvUser[]): BadRow[] {
  const first = new Map<string, UserJob>()
  const cells = new Map(users.map((user) => [user.rowNumber, user.cells]))
  return jobs.flatMap((job) => {
    const target = targetOf(job)
    const other = first.get(target)
    if (!other) {
      first.set(target, job)
      return []
    }
    const message = `it leads into the same target mailbox as row ${other.rowNumber}; two mailboxes are merged only by commands of their own`
    return [{ rowNumber: job.rowNumber, cells: cells.get(job.rowNumber) ?? [], message }]
  })
}
