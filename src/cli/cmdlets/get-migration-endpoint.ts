import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { FOREIGN_GET } from '../cmdlet/foreign.ts'
import { endpointIdentity, resultSize } from '../cmdlet/identities.ts'
import { shape } from '../cmdlet/shape.ts'
import { pageSizeFor, takeResults } from '../cmdlet/take-results.ts'
import { hasWildcard } from '../cmdlet/wildcard.ts'

export const getMigrationEndpoint = cmdlet({
  name: 'Get-MigrationEndpoint',
  synopsis: 'Shows migration endpoints.',
  description: 'Shows one endpoint, those whose name matches a pattern, or all.',
  parameters: {
    Identity: {
      ...endpointIdentity,
      mandatory: false,
      sets: ['Identity'],
      help: 'Name or Guid of the endpoint; a name may hold * and ?.',
    },
    Type: { type: 'enum', values: ['IMAP'], sets: ['Type'], help: 'Only endpoints of this type.' },
    ResultSize: resultSize,
  },
  foreign: FOREIGN_GET,
  examples: [
    {
      code: 'Get-MigrationEndpoint IMAPEndpoint | Format-List EndpointType,RemoteServer,Port,Security,Max*',
      says: 'Shows how the server is reached, and the limits.',
    },
  ],
  async *run({ Identity, Type, ResultSize }, call) {
    if (Identity !== undefined && !hasWildcard(Identity)) {
      yield shape('MigrationEndpoint', await call.client.ask(ROUTES.getEndpoint, { params: { identity: Identity } }))
      return
    }
    const items = call.client.list(ROUTES.listEndpoints, { query: { type: Type } }, pageSizeFor(ResultSize, Identity))
    yield* takeResults(items, { type: 'MigrationEndpoint', size: ResultSize, pattern: Identity }, call)
  },
})
