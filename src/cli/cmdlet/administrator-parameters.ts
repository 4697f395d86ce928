/** What New- and Set-Administrator share. */
import type { Parameters } from './declare.ts'
import { LANGUAGES } from './enums.ts'
import { typedSecret } from './typed-secret.ts'
import { usage } from './usage.ts'

export const administratorFields = {
  DisplayName: { type: 'string', help: 'How the person is called.' },
  MailAddress: { type: 'string', nullable: true, help: 'Where mails for this person go.' },
  Language: { type: 'enum', values: LANGUAGES, nullable: true, help: 'Language of mails and of the admin center.' },
  MustChangePassword: {
    type: 'bool',
    help: 'Whether the password must be changed before anything else is possible: $true unless told, when one is given.',
  },
  OidcSubject: {
    type: 'string',
    nullable: true,
    help: "The person's identifier (sub) at the provider of OpenID Connect.",
  },
  Password: { type: 'string', help: 'Refused: everybody can read a command line.' },
} as const satisfies Parameters

/** Everybody on the machine can read what stands on a command line. */
export function refusePassword(given: string | undefined): void {
  if (given === undefined) return
  throw usage(
    '-Password is not taken from the command line, which everybody on this machine can read, and which the shell keeps.',
    'Leave it out: it is asked for, or read from the first line of standard input.',
  )
}

export const newPassword = (name: string, isPiped: boolean): Promise<string> =>
  typedSecret({ question: `New password of ${name}: `, again: 'Once more: ', what: 'password', isPiped })
