import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { FOREIGN_GET } from '../cmdlet/foreign.ts'
import { shape } from '../cmdlet/shape.ts'

export const getMigrationStatistics = cmdlet({
  name: 'Get-MigrationStatistics',
  synopsis: 'Shows totals over all batches, and the workers.',
  description: 'Counts the users of all batches by state, and tells which workers are alive.',
  parameters: {},
  foreign: FOREIGN_GET,
  examples: [{ code: 'Get-MigrationStatistics | Format-List', says: 'Shows the totals.' }],
  async run(_, { client }) {
    return shape('MigrationStatistics', await client.ask(ROUTES.getStatistics))
  },
})
