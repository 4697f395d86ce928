/** Of a DATABASE_URL that is none: nothing of it is repeated, a password may stand anywhere in it. */
import { Fault } from '#base/fault.ts'

export function databaseUrlInvalid(): Fault {
  return new Fault({
    code: 'DATABASE_URL_INVALID',
    scope: 'instance',
    transient: false,
    message: 'databaseUrl (DATABASE_URL) is not a URL of PostgreSQL',
    remedy:
      'Write it as postgresql://user@host:5432/database, with the password in a file that databasePasswordFile or PGPASSFILE names; other signs than letters and digits in user, password and names are percent-encoded (@ is %40, / is %2F, # is %23).',
  })
}
