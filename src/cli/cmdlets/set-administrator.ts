import { ROUTES } from '#contract/routes/all.ts'
import type { Role } from '#contract/administrator.ts'
import { administratorFields, newPassword, refusePassword } from '../cmdlet/administrator-parameters.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { administratorIdentity } from '../cmdlet/identities.ts'

export const setAdministrator = cmdlet({
  name: 'Set-Administrator',
  synopsis: 'Changes an administrator.',
  description:
    'A new password, a role that is taken away and -Enabled $false end the sessions of the person at once. The user name stays, and so does the last administrator who may do everything.',
  impact: 'low',
  parameters: {
    Identity: administratorIdentity,
    Roles: {
      type: 'list',
      help: 'ViewOnly, Migration (endpoints, batches, users) or OrganizationManagement (everything).',
    },
    Enabled: { type: 'bool', help: 'Whether the person may sign in; without it tokens of theirs are refused, too.' },
    ...administratorFields,
    ResetPassword: {
      type: 'switch',
      help: 'Asks for a new password on the terminal, or reads it from the first line of standard input.',
    },
  },
  examples: [
    { code: 'Set-Administrator ann -Roles OrganizationManagement', says: 'She may do everything.' },
    { code: 'Set-Administrator ann -ResetPassword', says: 'Asks for a new password, which she must change.' },
    { code: 'Set-Administrator bob -Enabled $false', says: 'He is signed out, and may not sign in any more.' },
  ],
  async run({ Identity, ...values }, { client, should, target, isPiped }) {
    refusePassword(values.Password)
    if (!(await should(target))) return
    await client.ask(ROUTES.updateAdministrator, {
      params: { identity: Identity },
      body: {
        roles: values.Roles as Role[] | undefined,
        enabled: values.Enabled,
        displayName: values.DisplayName,
        mailAddress: values.MailAddress,
        language: values.Language,
        password: values.ResetPassword ? await newPassword(target, isPiped) : undefined,
        mustChangePassword: values.MustChangePassword,
        oidcSubject: values.OidcSubject,
      },
    })
  },
})
