import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { FOREIGN_COMMAND } from '../cmdlet/foreign.ts'
import { databaseIdentity } from '../cmdlet/identities.ts'

export const removeMailboxDatabase = cmdlet({
  name: 'Remove-MailboxDatabase',
  synopsis: 'Removes a mailbox database that no batch uses; its mail stays.',
  description: 'Forgets where the mailboxes are and how to log in there. The mailboxes and their mail stay.',
  impact: 'high',
  parameters: { Identity: databaseIdentity },
  foreign: FOREIGN_COMMAND,
  examples: [{ code: 'Remove-MailboxDatabase Store1', says: 'Removes the database after asking.' }],
  async run({ Identity }, { client, should, target }) {
    const params = { identity: Identity }
    const question = async () => {
      const { identity, path, server } = await client.ask(ROUTES.getDatabase, { params })
      return `Removing the mailbox database "${identity}" (${path ?? server ?? ''}). Its mailboxes and their mail stay.`
    }
    if (await should(target, question)) await client.ask(ROUTES.removeDatabase, { params })
  },
})
