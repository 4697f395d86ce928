import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { SECURITIES } from '../cmdlet/enums.ts'
import { FOREIGN_ENDPOINT } from '../cmdlet/foreign.ts'
import { endpointIdentity } from '../cmdlet/identities.ts'

export const setMigrationEndpoint = cmdlet({
  name: 'Set-MigrationEndpoint',
  synopsis: 'Changes a migration endpoint.',
  description:
    'Changes how the source server is reached, or how many mailboxes it bears at once. Name and type stay. Passes that run go on with what was; Set-MigrationBatch -Update begins them anew.',
  impact: 'low',
  parameters: {
    Identity: endpointIdentity,
    RemoteServer: { type: 'string', help: 'Host name or address of the IMAP server.' },
    Port: { type: 'int', help: '993 with Security Ssl, 143 with Tls or None.' },
    Security: {
      type: 'enum',
      values: SECURITIES,
      help: 'Ssl is TLS from the start, Tls is STARTTLS, None is clear text.',
    },
    Authentication: { type: 'enum', values: ['Basic'], help: 'How users log in.' },
    MaxConcurrentMigrations: { type: 'slots', help: 'Initial syncs at once, at most 300.' },
    MaxConcurrentIncrementalSyncs: {
      type: 'slots',
      help: 'Incremental syncs at once, at most as many as migrations.',
    },
    AcceptUntrustedCertificates: { type: 'bool', help: 'Accept a certificate that cannot be verified.' },
    AllowClearText: { type: 'bool', help: 'Let passwords and mail pass unencrypted to a host other than this one.' },
    SkipVerification: { type: 'switch', help: 'Change it without connecting to it.' },
  },
  foreign: FOREIGN_ENDPOINT,
  examples: [
    {
      code: 'Set-MigrationEndpoint IMAPEndpoint -MaxConcurrentMigrations 50',
      says: 'Lets fifty mailboxes migrate at once.',
    },
  ],
  async run({ Identity, ...values }, { client, should, target }) {
    if (!(await should(target))) return
    await client.ask(ROUTES.updateEndpoint, {
      params: { identity: Identity },
      body: {
        remoteServer: values.RemoteServer,
        port: values.Port,
        security: values.Security,
        authentication: values.Authentication,
        acceptUntrustedCertificates: values.AcceptUntrustedCertificates,
        allowClearText: values.AllowClearText,
        maxConcurrentMigrations: values.MaxConcurrentMigrations,
        maxConcurrentIncrementalSyncs: values.MaxConcurrentIncrementalSyncs,
        skipVerification: values.SkipVerification,
      },
    })
  },
})
