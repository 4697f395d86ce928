/** What New- and Set-MailboxDatabase share. */
import { resolve } from 'node:path'
import type { Parameters, Values } from './declare.ts'
import { SECURITIES } from './enums.ts'

export const databaseFields = {
  Path: { type: 'path', help: 'Maildir: the folder of the mailboxes; may hold {domain} and {local}.' },
  Server: { type: 'string', help: 'Imap: host name or address of the target server.' },
  Port: { type: 'int', help: 'Imap: 993 with Security Ssl, 143 with Tls or None.' },
  Security: {
    type: 'enum',
    values: SECURITIES,
    help: 'Imap: Ssl is TLS from the start, Tls is STARTTLS, None is clear text.',
  },
  AcceptUntrustedCertificates: { type: 'bool', help: 'Imap: accept a certificate that cannot be verified.' },
  AllowClearText: {
    type: 'bool',
    help: 'Imap: let passwords and mail pass unencrypted to a host other than this one.',
  },
  LoginTemplate: {
    type: 'string',
    nullable: true,
    help: 'Imap: how an administrator logs in as a user, such as {user}*{admin}; without one each row brings its log-in.',
  },
  AdminUserName: { type: 'string', nullable: true, help: 'Imap: what {admin} stands for.' },
  AdminPasswordFile: { type: 'path', help: 'File whose first line is the password of the administrator.' },
  AdminPassword: { type: 'string', nullable: true, help: 'Refused: everybody can read a command line.' },
  SkipVerification: { type: 'switch', help: 'Do not connect to the server, or look at the folder.' },
} as const satisfies Parameters

/** The settings as the API takes them; the password comes from elsewhere. */
export const databaseBody = (values: Values<typeof databaseFields> & { readonly IsDefault?: boolean | undefined }) => ({
  path: values.Path && resolve(values.Path),
  server: values.Server,
  port: values.Port,
  security: values.Security,
  acceptUntrustedCertificates: values.AcceptUntrustedCertificates,
  allowClearText: values.AllowClearText,
  loginTemplate: values.LoginTemplate,
  adminUserName: values.AdminUserName,
  isDefault: values.IsDefault,
  skipVerification: values.SkipVerification,
})
