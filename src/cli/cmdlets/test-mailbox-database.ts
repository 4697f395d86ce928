import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { databaseIdentity } from '../cmdlet/identities.ts'
import { shape } from '../cmdlet/shape.ts'

export const testMailboxDatabase = cmdlet({
  name: 'Test-MailboxDatabase',
  synopsis: 'Tries whether a mailbox database can be written to.',
  description:
    'Connects to the target server, or looks at the folder, and tells what came of it. A failure is a result, Failed, and no error.',
  parameters: {
    Identity: databaseIdentity,
    TestMailbox: {
      type: 'string',
      help: "With an administrator's log-in: the address whose mailbox is opened to prove it.",
    },
  },
  examples: [
    { code: 'Test-MailboxDatabase Store1', says: 'Tries a database.' },
    { code: 'Test-MailboxDatabase Store2 -TestMailbox anna@contoso.com', says: 'Logs in for a user, too.' },
  ],
  async run({ Identity, TestMailbox }, { client }) {
    const params = { identity: Identity }
    return shape(
      'MailboxDatabaseTest',
      await client.ask(ROUTES.testDatabase, { params, body: { testMailbox: TestMailbox } }),
    )
  },
})
