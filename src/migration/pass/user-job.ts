/** A stored user as the job that the engine's runner takes. */
import { Fault } from '#base/fault.ts'
import type { MailTarget } from '#engine/ports.ts'
import type { PassWork } from '#store/service/pass-work.ts'
import { databaseTarget } from '../database/database-target.ts'
import { endpointSource } from '../endpoint/endpoint-source.ts'
import type { UserJob } from '../migrate/run-user.ts'
import type { PassDeps } from './run-pass.ts'

/** @throws Fault when a stored password does not open, or nothing says how the target is logged in to */
export function userJob({ user, endpoint, database }: PassWork, { secrets, opening }: PassDeps): UserJob {
  const open = (column: 'password' | 'target_password') => {
    const sealed = user[column]
    return sealed === null ? null : secrets.open(sealed, { table: 'migration_user', id: user.id, column })
  }
  const source = endpointSource(
    endpoint,
    { userName: user.user_name, password: open('password') ?? missing(user.address), userRoot: user.user_root },
    opening,
  )
  const target = databaseTarget(
    database,
    {
      rowNumber: user.row_number,
      emailAddress: user.address,
      targetUserName: user.target_user_name,
      targetPassword: open('target_password'),
    },
    { ...opening, secrets },
  )
  return {
    emailAddress: user.address,
    rowNumber: user.row_number,
    identity: { source: source.identity, target: target.identity },
    openSource: () => source.open(),
    openTarget: () =>
      user.target_password === null && database.kind === 'Imap'
        ? asRecipient(user.address, database.name, () => target.open())
        : target.open(),
  }
}

/** After a restore without secrets. */
function missing(address: string): never {
  throw new Fault({
    code: 'PASSWORD_MISSING',
    scope: 'login',
    transient: false,
    message: `No password is stored for ${address}: it was not in the backup that was restored.`,
    remedy: 'Give the CSV file to the batch again, to change the users that are there, then start the user.',
  })
}

/** An administrator's log-in that is refused for one user says that there is no such user. */
async function asRecipient(address: string, database: string, open: () => Promise<MailTarget>): Promise<MailTarget> {
  try {
    return await open()
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.scope !== 'login' || thrown.transient) throw thrown
    throw new Fault({
      code: 'MIGRATION_RECIPIENT_NOT_FOUND',
      scope: 'mailbox',
      transient: false,
      message: `The mailbox database "${database}" has no mailbox for ${address} that its administrator may open. ${thrown.message}`,
      remedy:
        'Make the mailbox, or correct EmailAddress or TargetUserName of the row; where every user is told this, correct the administrator of the database. Then start the user again.',
      facts: thrown.facts,
      cause: thrown,
    })
  }
}
