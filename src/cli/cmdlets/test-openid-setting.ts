import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { shape } from '../cmdlet/shape.ts'

export const testOpenIdSetting = cmdlet({
  name: 'Test-OpenIdSetting',
  synopsis: 'Tries the provider of OpenID Connect.',
  description:
    'Reads what the provider says of itself, and tries whether it knows the client. A failure is a result, Failed, and no error. That claims give roles shows the first sign-in.',
  parameters: {},
  examples: [{ code: 'Test-OpenIdSetting', says: 'Tries the provider that is set up.' }],
  async run(_, { client }) {
    return shape('OpenIdTest', await client.ask(ROUTES.testOpenIdSettings))
  },
})
