/** Files that hold a password or a key: others may not read them. The group may, for that is how Debian shares keys. */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { Fault } from '#base/fault.ts'

/** @param what `the key of tlsCertificate`; throws Fault SECRET_FILE_EXPOSED, SECRET_FILE_UNREADABLE */
export function readSecretFile(path: string, what: string): string {
  let fd: number | null = null
  try {
    fd = openSync(path, 'r')
    const mode = fstatSync(fd).mode & 0o777
    if ((mode & 0o007) !== 0) {
      throw secretFault(
        'SECRET_FILE_EXPOSED',
        `the file ${path}, ${what}, may be read by everybody on this machine (mode ${mode.toString(8)})`,
        `Run "chmod o= ${path}".`,
      )
    }
    return readFileSync(fd, 'utf8')
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown
    throw secretFault(
      'SECRET_FILE_UNREADABLE',
      `the file ${path}, ${what}, cannot be read: ${(thrown as Error).message}`,
      'Give the user that runs Waybill the right to read it.',
    )
  } finally {
    if (fd !== null) closeSync(fd)
  }
}

function secretFault(code: string, message: string, remedy: string): Fault {
  return new Fault({ code, scope: 'instance', transient: false, message, remedy })
}
