import { cmdlet } from '../cmdlet/declare.ts'
import { writeOut } from '../cmdlet/output.ts'
import { shape } from '../cmdlet/shape.ts'
import { inWords, nearest, usage } from '../cmdlet/usage.ts'
import { wildcard } from '../cmdlet/wildcard.ts'

export const getHelp = cmdlet({
  name: 'Get-Help',
  synopsis: 'Tells what a cmdlet does and how it is called.',
  description: 'Shows the help of a cmdlet, or lists the cmdlets whose names match a pattern; without a name, all.',
  parameters: {
    Name: { type: 'string', position: 0, completes: 'cmdlets', help: 'Name of a cmdlet, or a pattern with * and ?.' },
    Full: { type: 'switch', help: 'All there is: each parameter, notes and examples.' },
    Detailed: { type: 'switch', help: 'The same as -Full.' },
    Examples: { type: 'switch', help: 'Only the examples.' },
    Online: { type: 'switch', help: 'Accepted: the help is always the one of this Waybill.' },
  },
  examples: [
    { code: 'Get-Help', says: 'Lists all cmdlets.' },
    { code: 'Get-Help New-MigrationBatch -Full', says: 'Tells all about one.' },
    { code: "Get-Help '*-MigrationUser'", says: 'Lists those that deal with users.' },
  ],
  async *run({ Name = '*', Full, Detailed, Examples }) {
    const { CMDLETS } = await import('./all.ts')
    const names = Object.keys(CMDLETS)
    const fits = wildcard(Name)
    const found = names.filter(fits)
    if (found.length === 0) {
      const near = nearest(Name, names)
      throw usage(
        `There is no help on ${JSON.stringify(Name)}.`,
        near.length > 0 ? `Did you mean ${inWords(near, 'or')}?` : 'Get-Help lists all cmdlets.',
      )
    }
    if (found.length > 1) {
      for (const name of found) {
        const { synopsis } = await CMDLETS[name]!()
        yield shape('Cmdlet', { name, synopsis })
      }
      return
    }
    const { helpText } = await import('../cmdlet/help-text.ts')
    const how = Examples ? 'examples' : (Full ?? Detailed) ? 'full' : 'short'
    await writeOut(process.stdout, helpText(await CMDLETS[found[0]!]!(), how))
  },
})
