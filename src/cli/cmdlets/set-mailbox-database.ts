import { ROUTES } from '#contract/routes/all.ts'
import { adminPassword, refuseOnCommandLine } from '../cmdlet/admin-password.ts'
import { databaseBody, databaseFields } from '../cmdlet/database-parameters.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { databaseIdentity } from '../cmdlet/identities.ts'

export const setMailboxDatabase = cmdlet({
  name: 'Set-MailboxDatabase',
  synopsis: 'Changes a mailbox database.',
  description:
    'Changes where and how mail is written. Name and kind stay. Another server or port, or less protection on the way there, needs -AdminPasswordFile where a password is stored.',
  impact: 'low',
  parameters: {
    Identity: databaseIdentity,
    ...databaseFields,
    IsDefault: { type: 'bool', help: 'Batches that name no database go here.' },
  },
  examples: [
    { code: 'Set-MailboxDatabase Store1 -IsDefault $true', says: 'Makes it the default database.' },
    { code: 'Set-MailboxDatabase Store2 -AdminPasswordFile secret', says: "Changes the administrator's password." },
  ],
  async run({ Identity, ...values }, { client, should, target }) {
    if (values.AdminPassword !== null) refuseOnCommandLine(values.AdminPassword)
    if (!(await should(target))) return
    const password = await adminPassword({ file: values.AdminPasswordFile, userName: values.AdminUserName })
    await client.ask(ROUTES.updateDatabase, {
      params: { identity: Identity },
      body: { ...databaseBody(values), adminPassword: password ?? values.AdminPassword },
    })
  },
})
