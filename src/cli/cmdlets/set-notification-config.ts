import { LANGUAGES, NOTIFICATION_KINDS, type NotificationKind } from '#contract/notification-kinds.ts'
import { ROUTES } from '#contract/routes/all.ts'
import { adminPassword } from '../cmdlet/admin-password.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { SECURITIES } from '../cmdlet/enums.ts'
import { inWords, usage } from '../cmdlet/usage.ts'

export const setNotificationConfig = cmdlet({
  name: 'Set-NotificationConfig',
  synopsis: 'Changes how reports are mailed, and the notification hook.',
  description:
    'Names the mail server that reports of batches are sent through, and a hook that is called with them. Reports that wait are tried again at once. With -UserName and without -PasswordFile the password is asked for.',
  impact: 'low',
  parameters: {
    SmtpServer: { type: 'string', nullable: true, help: 'Host name of the mail server; $null: no mail is sent.' },
    Port: { type: 'int', nullable: true, help: '587 with Security Tls, 465 with Ssl, 25 with None.' },
    Security: {
      type: 'enum',
      values: SECURITIES,
      help: 'Tls is STARTTLS, and compulsory; Ssl is TLS from the start; None is clear text.',
    },
    UserName: { type: 'string', nullable: true, help: 'Who logs in; $null: nobody.' },
    PasswordFile: { type: 'path', help: 'File whose first line is the password.' },
    From: { type: 'string', help: 'Address that reports come from.' },
    FromName: { type: 'string', help: 'Name in front of it.' },
    Language: { type: 'enum', values: LANGUAGES, help: 'Language of the reports.' },
    AcceptUntrustedCertificates: { type: 'bool', help: 'Accept a certificate that cannot be verified.' },
    AllowClearText: { type: 'bool', help: 'Let the password pass unencrypted to a host other than this one.' },
    HookUrl: {
      type: 'string',
      nullable: true,
      help: 'URL that is called with each report, over https; $null: none.',
    },
    HookSecretFile: {
      type: 'path',
      help: 'File whose first line is the secret that calls are signed with: whsec_ and 24 to 64 bytes in base64.',
    },
    HookEvents: { type: 'list', help: `What the hook is told: ${inWords([...NOTIFICATION_KINDS], 'and')}.` },
  },
  examples: [
    {
      code: 'Set-NotificationConfig -SmtpServer smtp.contoso.com -UserName waybill@contoso.com -PasswordFile secret -From waybill@contoso.com',
      says: 'Sends reports through a mail server, with STARTTLS on port 587.',
    },
    { code: 'Set-NotificationConfig -Language fr', says: 'Sends them in French.' },
    {
      code: 'Set-NotificationConfig -HookUrl https://hooks.contoso.com/waybill -HookSecretFile secret -HookEvents Finished',
      says: 'Calls a hook when a batch has finished.',
    },
  ],
  async run(values, { client, should }) {
    if (!(await should('Notifications'))) return
    const called = { user: '-UserName', file: '-PasswordFile' }
    const { UserName: userName, PasswordFile, HookSecretFile } = values
    await client.ask(ROUTES.updateNotificationSettings, {
      body: {
        smtpServer: values.SmtpServer,
        port: values.Port,
        security: values.Security,
        userName,
        password: await adminPassword({ file: PasswordFile, userName }, called),
        from: values.From,
        fromName: values.FromName,
        language: values.Language,
        acceptUntrustedCertificates: values.AcceptUntrustedCertificates,
        allowClearText: values.AllowClearText,
        hookUrl: values.HookUrl,
        hookSecret: await adminPassword({ file: HookSecretFile, userName: undefined }),
        hookEvents: values.HookEvents?.map(kindNamed),
      },
    })
  },
})

function kindNamed(text: string): NotificationKind {
  const kind = NOTIFICATION_KINDS.find((each) => each.toLowerCase() === text.toLowerCase())
  if (kind) return kind
  throw usage(`-HookEvents: ${JSON.stringify(text)} is not ${inWords([...NOTIFICATION_KINDS], 'or')}.`)
}
