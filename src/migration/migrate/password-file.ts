import { readFileSync, statSync } from 'node:fs'
import { Fault } from '#base/fault.ts'

/** The first line of the file, verbatim. Others being able to read it is worth a warning, which `warn` gets. */
export function readPasswordFile(path: string, warn: (text: string) => void): string {
  const refuse = (why: string) =>
    new Fault({
      code: 'PASSWORD_FILE',
      scope: 'request',
      transient: false,
      message: `--target-password-file ${path}: ${why}.`,
      remedy: 'Write the password into the first line of a file that only you can read.',
    })
  let text: string
  try {
    if (statSync(path).size > 65_536) throw refuse('it is larger than any password')
    text = readFileSync(path, 'utf8')
    if ((statSync(path).mode & 0o077) !== 0)
      warn(`${path} can be read by other users of this machine: chmod 600 ${path}`)
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : 'it cannot be read'
    throw refuse(code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'you may not read it' : String(code))
  }
  const [first = ''] = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  if (first === '') throw refuse('its first line is empty')
  return first
}
