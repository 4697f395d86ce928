import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { FOREIGN_COMMAND } from '../cmdlet/foreign.ts'
import { endpointIdentity } from '../cmdlet/identities.ts'

export const removeMigrationEndpoint = cmdlet({
  name: 'Remove-MigrationEndpoint',
  synopsis: 'Removes a migration endpoint that no batch uses.',
  description: 'Removes an endpoint. While a batch uses it this is refused: remove the batch first.',
  impact: 'high',
  parameters: { Identity: endpointIdentity },
  foreign: FOREIGN_COMMAND,
  examples: [{ code: 'Remove-MigrationEndpoint IMAPEndpoint', says: 'Removes the endpoint after asking.' }],
  async run({ Identity }, { client, should, target }) {
    const params = { identity: Identity }
    const question = async () => {
      const { identity, remoteServer, port } = await client.ask(ROUTES.getEndpoint, { params })
      return `Removing the migration endpoint "${identity}" (${remoteServer}:${port}).`
    }
    if (await should(target, question)) await client.ask(ROUTES.removeEndpoint, { params })
  },
})
