import { ROUTES } from '#contract/routes/all.ts'
import type { Role } from '#contract/administrator.ts'
import { administratorFields, newPassword, refusePassword } from '../cmdlet/administrator-parameters.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { shape } from '../cmdlet/shape.ts'

export const newAdministrator = cmdlet({
  name: 'New-Administrator',
  synopsis: 'Creates an administrator: a person who may sign in to this service.',
  description:
    'The password is asked for on the terminal, or read from the first line of standard input; the person must change it at the first sign-in. It has 12 characters at least.',
  impact: 'low',
  parameters: {
    Name: { type: 'string', mandatory: true, position: 0, help: 'User name, at most 64 characters.' },
    Roles: {
      type: 'list',
      mandatory: true,
      help: 'ViewOnly, Migration (endpoints, batches, users) or OrganizationManagement (everything).',
    },
    ...administratorFields,
    NoPassword: { type: 'switch', help: 'Without a password: only OpenID Connect lets the person in.' },
  },
  examples: [
    {
      code: 'New-Administrator ann -DisplayName "Ann Brown" -Roles Migration',
      says: 'Creates her; asks for a password.',
    },
    {
      code: 'New-Administrator bob -Roles ViewOnly -NoPassword -OidcSubject 248289761001',
      says: 'Signs in with OpenID Connect alone.',
    },
  ],
  async run(values, { client, should }) {
    refusePassword(values.Password)
    if (!(await should(values.Name))) return null
    const answer = await client.ask(ROUTES.createAdministrator, {
      body: {
        userName: values.Name,
        // What is none of them the service names.
        roles: values.Roles as Role[],
        displayName: values.DisplayName,
        mailAddress: values.MailAddress,
        language: values.Language,
        password: values.NoPassword ? undefined : await newPassword(values.Name, false),
        mustChangePassword: values.MustChangePassword,
        oidcSubject: values.OidcSubject,
      },
    })
    return shape('Administrator', answer)
  },
})
