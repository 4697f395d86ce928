import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { FOREIGN_GET } from '../cmdlet/foreign.ts'
import { shape } from '../cmdlet/shape.ts'

export const getMigrationConfig = cmdlet({
  name: 'Get-MigrationConfig',
  synopsis: 'Shows the settings of the migration service.',
  description:
    'Shows how many batches and migrations there may be at once, and how often mailboxes are synced again, and when batches that nobody changes end by themselves.',
  parameters: {},
  foreign: FOREIGN_GET,
  examples: [{ code: 'Get-MigrationConfig | Format-List', says: 'Shows the settings.' }],
  async run(_, { client }) {
    return shape('MigrationConfig', await client.ask(ROUTES.getConfig))
  },
})
