import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { typedSecret } from '../cmdlet/typed-secret.ts'
import { usage } from '../cmdlet/usage.ts'

const gives = (role: string) =>
  `Values of the roles claim that give the role ${role}; they take the place of those before.`

export const setOpenIdSetting = cmdlet({
  name: 'Set-OpenIdSetting',
  synopsis: 'Sets up how people sign in with OpenID Connect.',
  description:
    'Names the provider, the client that this service is there, and which values of its claims give which role. RedirectUri of Get-OpenIdSetting is entered at the provider; it follows from the public URL of the service. docs/openid.md tells what to enter for some providers.',
  impact: 'low',
  parameters: {
    Enabled: { type: 'bool', help: 'Whether the sign-in page offers it.' },
    DisplayName: { type: 'string', help: 'What the button of the sign-in page is called.' },
    Issuer: { type: 'string', nullable: true, help: 'Address of the provider, exactly as it writes it.' },
    ClientId: { type: 'string', nullable: true, help: 'What this service is called at the provider.' },
    SetClientSecret: {
      type: 'switch',
      help: 'Asks for the client secret on the terminal, or reads it from the first line of standard input.',
    },
    ClientSecret: {
      type: 'string',
      nullable: true,
      help: '$null takes the secret away: the client is public, with PKCE alone. Any other value is refused: everybody can read a command line.',
    },
    Scopes: { type: 'list', help: 'What is asked for; openid always is.', default: 'openid,profile,email' },
    UserNameClaim: {
      type: 'string',
      nullable: true,
      help: 'The claim that is the user name; $null: preferred_username, else a verified email, else sub.',
    },
    RolesClaim: {
      type: 'string',
      help: 'The claim that gives roles; dots lead into nested ones, as realm_access.roles.',
      default: 'groups',
    },
    ViewOnlyValues: { type: 'list', help: gives('ViewOnly') },
    MigrationValues: { type: 'list', help: gives('Migration') },
    OrganizationManagementValues: { type: 'list', help: gives('OrganizationManagement') },
  },
  examples: [
    {
      code: 'Set-OpenIdSetting -Issuer https://id.contoso.com/realms/main -ClientId waybill -SetClientSecret',
      says: 'Names the provider, and asks for the secret of the client.',
    },
    {
      code: 'Set-OpenIdSetting -MigrationValues "Mail Team" -OrganizationManagementValues Admins -Enabled $true',
      says: 'Two groups get a role each, and the sign-in page offers it.',
    },
  ],
  async run(values, { client, should, isPiped }) {
    if (values.ClientSecret !== undefined && values.ClientSecret !== null)
      throw usage(
        '-ClientSecret is not taken from the command line, which everybody on this machine can read, and which the shell keeps.',
        'Give -SetClientSecret: it is asked for, or read from the first line of standard input.',
      )
    if (!(await should('OpenID Connect'))) return
    await client.ask(ROUTES.updateOpenIdSettings, {
      body: {
        enabled: values.Enabled,
        displayName: values.DisplayName,
        issuer: values.Issuer,
        clientId: values.ClientId,
        clientSecret: values.SetClientSecret
          ? await typedSecret({ question: 'Client secret: ', what: 'client secret', isPiped })
          : values.ClientSecret,
        scopes: values.Scopes && [...values.Scopes],
        userNameClaim: values.UserNameClaim,
        rolesClaim: values.RolesClaim,
        roleMapping: {
          ViewOnly: values.ViewOnlyValues && [...values.ViewOnlyValues],
          Migration: values.MigrationValues && [...values.MigrationValues],
          OrganizationManagement: values.OrganizationManagementValues && [...values.OrganizationManagementValues],
        },
      },
    })
  },
})
