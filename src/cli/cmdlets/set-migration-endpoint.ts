import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { endpointBody, endpointFields } from '../cmdlet/endpoint-parameters.ts'
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
    ...endpointFields,
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
      body: endpointBody(values),
    })
  },
})
