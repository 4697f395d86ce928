import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { SECURITIES } from '../cmdlet/enums.ts'
import { FOREIGN_ENDPOINT } from '../cmdlet/foreign.ts'
import { ENDPOINT_OBJECTS } from '../cmdlet/identities.ts'
import { shape } from '../cmdlet/shape.ts'

export const testMigrationServerAvailability = cmdlet({
  name: 'Test-MigrationServerAvailability',
  synopsis: 'Tries whether a source server can be reached as an endpoint would reach it.',
  description:
    'Connects to a server, or to that of an endpoint, and tells what came of it. A connection that fails is a result, Failed, and no error, so the exit code is 0 then, too; what to do about it stands in ErrorDetail. In scripts ask for the Result: Select-Object -ExpandProperty Result.',
  parameters: {
    Endpoint: {
      type: 'string',
      mandatory: true,
      sets: ['Endpoint'],
      fromPipeline: ENDPOINT_OBJECTS,
      completes: 'endpoints',
      help: 'Name or Guid of the endpoint whose server is tried.',
    },
    IMAP: { type: 'switch', sets: ['IMAP'], help: 'The type of the server. IMAP may be left out.' },
    RemoteServer: { type: 'string', mandatory: true, sets: ['IMAP'], help: 'Host name or address of the server.' },
    Port: { type: 'int', mandatory: true, sets: ['IMAP'], help: '993 with Security Ssl, 143 with Tls or None.' },
    Security: {
      type: 'enum',
      values: SECURITIES,
      sets: ['IMAP'],
      default: 'Ssl',
      help: 'Ssl is TLS from the start, Tls is STARTTLS, None is clear text.',
    },
    Authentication: { type: 'enum', values: ['Basic'], sets: ['IMAP'], default: 'Basic', help: 'How users log in.' },
    AcceptUntrustedCertificates: {
      type: 'switch',
      sets: ['IMAP'],
      help: 'Accept a certificate that cannot be verified.',
    },
    AllowClearText: {
      type: 'switch',
      sets: ['IMAP'],
      help: 'Allow Security None to a host other than this one.',
    },
  },
  foreign: FOREIGN_ENDPOINT,
  examples: [
    {
      code: 'Test-MigrationServerAvailability -IMAP -RemoteServer imap.contoso.com -Port 993 -Security Ssl',
      says: 'Tries a server before an endpoint is created for it.',
    },
    { code: 'Test-MigrationServerAvailability -Endpoint IMAPEndpoint', says: 'Tries the server of an endpoint.' },
  ],
  async run(values, { client }) {
    const { result, message, errorDetail, ...rest } = await client.ask(ROUTES.testConnection, {
      body:
        values.Endpoint !== undefined
          ? { endpoint: values.Endpoint }
          : {
              endpointType: 'IMAP',
              remoteServer: values.RemoteServer ?? '',
              port: values.Port,
              security: values.Security,
              authentication: values.Authentication,
              acceptUntrustedCertificates: values.AcceptUntrustedCertificates,
              allowClearText: values.AllowClearText,
            },
    })
    return shape('MigrationServerAvailability', { result, message, errorDetail, ...rest })
  },
})
