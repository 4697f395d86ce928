import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { shape } from '../cmdlet/shape.ts'

export const getOpenIdSetting = cmdlet({
  name: 'Get-OpenIdSetting',
  synopsis: 'Shows how people sign in with OpenID Connect.',
  description:
    'Shows the provider, what its claims give, and RedirectUri, which is entered there. The client secret is never shown.',
  parameters: {},
  examples: [{ code: 'Get-OpenIdSetting | Format-List', says: 'Shows the settings.' }],
  async run(_, { client }) {
    return shape('OpenIdSetting', await client.ask(ROUTES.getOpenIdSettings))
  },
})
