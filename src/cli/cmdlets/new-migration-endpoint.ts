import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { endpointBody, endpointFields } from '../cmdlet/endpoint-parameters.ts'
import { FOREIGN_ENDPOINT } from '../cmdlet/foreign.ts'
import { shape } from '../cmdlet/shape.ts'

export const newMigrationEndpoint = cmdlet({
  name: 'New-MigrationEndpoint',
  synopsis: 'Creates a migration endpoint: the server that mail comes from.',
  description:
    'Stores how the source server is reached and how many mailboxes it bears at once. Waybill connects to it first; when that fails nothing is created. The endpoint holds no log-in: each row of the CSV file brings its own.',
  impact: 'low',
  parameters: {
    Name: { type: 'string', mandatory: true, position: 0, help: 'Name of the endpoint, at most 64 characters.' },
    IMAP: { type: 'switch', help: 'The type of the endpoint. IMAP is the only one so far and may be left out.' },
    RemoteServer: { ...endpointFields.RemoteServer, mandatory: true },
    Port: { ...endpointFields.Port, default: '993' },
    Security: { ...endpointFields.Security, default: 'Ssl' },
    Authentication: { ...endpointFields.Authentication, default: 'Basic' },
    MaxConcurrentMigrations: { ...endpointFields.MaxConcurrentMigrations, default: '20' },
    MaxConcurrentIncrementalSyncs: { ...endpointFields.MaxConcurrentIncrementalSyncs, default: '10' },
    AcceptUntrustedCertificates: {
      type: 'switch',
      help: 'Accept a certificate that cannot be verified. Whoever sits in between could then read everything.',
    },
    AllowClearText: {
      type: 'switch',
      help: 'Let passwords and mail pass unencrypted to a host other than this one (with Security None).',
    },
    SkipVerification: { type: 'switch', help: 'Create it without connecting to it.' },
  },
  foreign: FOREIGN_ENDPOINT,
  examples: [
    {
      code: 'New-MigrationEndpoint -IMAP -Name IMAPEndpoint -RemoteServer imap.contoso.com -Port 993 -Security Ssl',
      says: 'Creates an endpoint for an IMAP server with TLS.',
    },
    {
      code: 'New-MigrationEndpoint -IMAP -Name IMAPEndpoint -RemoteServer imap.contoso.com -Port 143 -Security Tls -MaxConcurrentMigrations 50 -MaxConcurrentIncrementalSyncs 25',
      says: 'With STARTTLS on port 143, and limits of its own.',
    },
  ],
  async run(values, { client, should }) {
    if (!(await should(values.Name))) return null
    const answer = await client.ask(ROUTES.createEndpoint, {
      body: {
        ...endpointBody(values),
        name: values.Name,
        endpointType: 'IMAP',
        remoteServer: values.RemoteServer,
      },
    })
    return shape('MigrationEndpoint', answer)
  },
})
