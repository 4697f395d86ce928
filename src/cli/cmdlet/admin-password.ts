/** An administrator's password: from a file or typed without echo, never from the command line. */
import { readFileSync } from 'node:fs'
import { Fault } from '#base/fault.ts'
import { openTerminal } from './terminal.ts'
import { usage } from './usage.ts'

/** Everybody on the machine can read what stands on a command line. */
export function refuseOnCommandLine(given: string | null | undefined): void {
  if (given === undefined) return
  throw usage(
    '-AdminPassword is not taken from the command line, which everybody on this machine can read, and which the shell keeps.',
    'Write it into the first line of a file that only you can read, and give -AdminPasswordFile PATH; or leave it out, and it is asked for.',
  )
}

export interface PasswordSource {
  readonly file: string | undefined
  /** Who logs in; without one no password is asked for. */
  readonly userName: string | null | undefined
}

/** Parameters as they are called, for those whose password it is. */
interface Parameters {
  readonly user: string
  readonly file: string
}
const ADMIN: Parameters = { user: '-AdminUserName', file: '-AdminPasswordFile' }

export async function adminPassword(
  { file, userName }: PasswordSource,
  called: Parameters = ADMIN,
): Promise<string | undefined> {
  if (file !== undefined) return firstLine(file)
  if (userName === undefined || userName === null) return undefined
  const terminal = openTerminal()
  if (!terminal)
    throw usage(`${called.user} needs a password, and there is no terminal to ask on.`, `Give ${called.file} PATH.`)
  try {
    const password = await terminal.secret(`Password of ${userName}: `)
    if (password) return password
    throw usage('No password was typed.')
  } finally {
    terminal.close()
  }
}

function firstLine(path: string): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (thrown) {
    throw passwordFile(
      `The password file ${path} cannot be read (${(thrown as NodeJS.ErrnoException).code ?? 'unreadable'})`,
    )
  }
  const line = text.split(/\r?\n/, 1)[0]!
  if (line === '') throw passwordFile(`The first line of the password file ${path} is empty`)
  return line
}

const passwordFile = (message: string): Fault =>
  new Fault({
    code: 'PASSWORD_FILE',
    scope: 'request',
    transient: false,
    message,
    remedy: 'Write the password into the first line of a file that only you can read.',
  })
