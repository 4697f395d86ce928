import { writeCsv } from '#csv/write-csv.ts'

/** The ways of logging in to a source that the seeds (S3) describe, each with its example. */
export const templateForms = ['user', 'exchange', 'dovecot', 'mirapoint', 'courier'] as const
export type TemplateForm = (typeof templateForms)[number]

const people = [
  { address: 'terrya@contoso.edu', name: 'terry.adams', password: '1091990' },
  { address: 'annb@contoso.edu', name: 'ann.beebe', password: '2111991' },
  { address: 'paulc@contoso.edu', name: 'paul.cannon', password: '3281986' },
]

const logins: Readonly<Record<TemplateForm, (name: string) => string>> = {
  user: (name) => `contoso\\${name}`,
  exchange: (name) => `contoso-students/mailadmin/${name}`,
  dovecot: (name) => `${name}*mailadmin`,
  mirapoint: (name) => `#${name}@contoso-students.edu#mailadmin#`,
  courier: () => 'mailadmin',
}

/** The example files of S3, to write over: each user's own log-in, or an administrator's in the form of the source. */
export function csvTemplate(form: TemplateForm = 'user'): string {
  const header = ['EmailAddress', 'UserName', 'Password', ...(form === 'courier' ? ['UserRoot'] : [])]
  const rows = people.map(({ address, name, password }) => [
    address,
    logins[form](name),
    form === 'user' ? password : 'P@ssw0rd',
    ...(form === 'courier' ? [`/users/${name}`] : []),
  ])
  return writeCsv([header, ...rows])
}
