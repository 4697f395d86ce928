import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { administratorIdentity } from '../cmdlet/identities.ts'

export const removeAdministrator = cmdlet({
  name: 'Remove-Administrator',
  synopsis: 'Removes an administrator with their sessions and tokens.',
  description:
    'The person is signed out, and programs that use their tokens are refused. What they did stays in the audit log.',
  impact: 'high',
  parameters: { Identity: administratorIdentity },
  examples: [{ code: 'Remove-Administrator bob', says: 'Removes him after asking.' }],
  async run({ Identity }, { client, should, target }) {
    const params = { identity: Identity }
    const question = async () => {
      const { identity, displayName } = await client.ask(ROUTES.getAdministrator, { params })
      return `Removing the administrator "${identity}" (${displayName}). Their sessions and tokens end.`
    }
    if (await should(target, question)) await client.ask(ROUTES.removeAdministrator, { params })
  },
})
