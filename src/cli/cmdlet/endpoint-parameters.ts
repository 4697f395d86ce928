/** What New- and Set-MigrationEndpoint share. */
import type { Parameters, Values } from './declare.ts'
import { SECURITIES } from './enums.ts'

export const endpointFields = {
  RemoteServer: { type: 'string', help: 'Host name or address of the IMAP server.' },
  Port: { type: 'int', help: '993 with Security Ssl, 143 with Tls or None.' },
  Security: {
    type: 'enum',
    values: SECURITIES,
    help: 'Ssl is TLS from the start, Tls is STARTTLS, None is clear text.',
  },
  Authentication: { type: 'enum', values: ['Basic'], help: 'How users log in.' },
  MaxConcurrentMigrations: { type: 'slots', help: 'Initial syncs at once, at most 300.' },
  MaxConcurrentIncrementalSyncs: { type: 'slots', help: 'Incremental syncs at once, at most as many as migrations.' },
  AcceptUntrustedCertificates: { type: 'bool', help: 'Accept a certificate that cannot be verified.' },
  AllowClearText: { type: 'bool', help: 'Let passwords and mail pass unencrypted to a host other than this one.' },
  SkipVerification: { type: 'switch', help: 'Change it without connecting to it.' },
} as const satisfies Parameters

/** The settings as the API takes them. */
export const endpointBody = (values: Values<typeof endpointFields>) => ({
  remoteServer: values.RemoteServer,
  port: values.Port,
  security: values.Security,
  authentication: values.Authentication,
  acceptUntrustedCertificates: values.AcceptUntrustedCertificates,
  allowClearText: values.AllowClearText,
  maxConcurrentMigrations: values.MaxConcurrentMigrations,
  maxConcurrentIncrementalSyncs: values.MaxConcurrentIncrementalSyncs,
  skipVerification: values.SkipVerification,
})
