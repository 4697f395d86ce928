import { ROUTES } from '#contract/routes/all.ts'
import { adminPassword, refuseOnCommandLine } from '../cmdlet/admin-password.ts'
import { databaseBody, databaseFields } from '../cmdlet/database-parameters.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { DATABASE_KINDS } from '../cmdlet/enums.ts'
import { shape } from '../cmdlet/shape.ts'

export const newMailboxDatabase = cmdlet({
  name: 'New-MailboxDatabase',
  synopsis: 'Creates a mailbox database: where target mailboxes live.',
  description:
    'Says where mail goes to: an IMAP server, or a folder of Maildirs that Waybill writes itself. Batches name a database with -TargetDatabases, and a row of a CSV file can name another.',
  impact: 'low',
  parameters: {
    Name: { type: 'string', mandatory: true, position: 0, help: 'Name of the database, at most 64 characters.' },
    Kind: { type: 'enum', values: DATABASE_KINDS, mandatory: true, help: 'An IMAP server, or a folder of Maildirs.' },
    ...databaseFields,
    IsDefault: { type: 'switch', help: 'Batches that name no database go here.' },
  },
  examples: [
    {
      code: 'New-MailboxDatabase -Name Store1 -Kind Maildir -Path /srv/mail',
      says: 'Writes mailboxes below /srv/mail.',
    },
    {
      code: "New-MailboxDatabase Store2 -Kind Imap -Server imap.fabrikam.com -LoginTemplate '{user}*{admin}' -AdminUserName migrator -AdminPasswordFile secret",
      says: 'Writes to an IMAP server, where a master user logs in for everybody.',
    },
  ],
  async run(values, { client, should }) {
    refuseOnCommandLine(values.AdminPassword)
    if (!(await should(values.Name))) return null
    const password = await adminPassword({ file: values.AdminPasswordFile, userName: values.AdminUserName })
    const answer = await client.ask(ROUTES.createDatabase, {
      body: { ...databaseBody(values), name: values.Name, kind: values.Kind, adminPassword: password },
    })
    return shape('MailboxDatabase', answer)
  },
})
