/**
 * The way in for the local administrator. Whoever may open the file is let in, so it is never there with more than 0600:
 * it is made inside a folder that only we may enter, and moved to its place when its mode is right.
 */
import { chmodSync, lstatSync, mkdtempSync, renameSync, rmSync, statSync, unlinkSync, type Stats } from 'node:fs'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { Fault } from '#base/fault.ts'
import { makeFolders } from '#base/make-folders.ts'

/** What the kernel takes (`sun_path`), with the end mark. */
const PATH_BYTES = process.platform === 'linux' ? 107 : 103

/**
 * Listens with `listen` and puts the socket at `path`. Replaces the file of a process that has died; throws SOCKET_IN_USE
 * for one that answers and SOCKET_UNUSABLE where none can be made. The answer removes the file, if it is still ours.
 */
export async function openSocket(path: string, listen: (path: string) => Promise<unknown>): Promise<() => void> {
  await refuseLiving(path)
  let folder: string | undefined
  try {
    makeFolders(dirname(path), 0o700)
    folder = mkdtempSync(join(dirname(path), '.s'))
    const made = join(folder, 's')
    if (Buffer.byteLength(made) > PATH_BYTES) {
      throw unusable(path, 'its path is too long for a socket', 'Use a data folder with a shorter path.')
    }
    await listen(made)
    chmodSync(made, 0o600)
    const ours = statSync(made)
    renameSync(made, path)
    return () => remove(path, ours)
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown
    throw unusable(path, (thrown as Error).message, 'Make room and give this user the right to write there.', thrown)
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  }
}

async function refuseLiving(path: string): Promise<void> {
  const there = lstatSync(path, { throwIfNoEntry: false })
  if (there === undefined) return
  if (!there.isSocket()) throw unusable(path, 'something else has its name', 'Move it away.')
  const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(null)).once('error', resolve)
    socket.once('connect', () => socket.destroy())
  })
  // Only "refused" says that nobody listens; anything else may be a living one that is busy, or another user's.
  if (error?.code === 'ECONNREFUSED' || error?.code === 'ENOENT') return
  throw new Fault({
    code: 'SOCKET_IN_USE',
    scope: 'instance',
    transient: false,
    message: `the socket ${path} belongs to a server that runs${error ? `: ${error.message}` : ''}`,
    remedy: 'End that server first, or give this one another data folder.',
    facts: { path },
    cause: error,
  })
}

/** A server that was started after us may have put its own there. */
function remove(path: string, ours: Stats): void {
  try {
    const there = lstatSync(path)
    if (there.ino === ours.ino && there.dev === ours.dev) unlinkSync(path)
  } catch {
    // Gone already.
  }
}

function unusable(path: string, why: string, remedy: string, cause?: unknown): Fault {
  const message = `the socket ${path} cannot be made: ${why}`
  return new Fault({
    code: 'SOCKET_UNUSABLE',
    scope: 'instance',
    transient: false,
    message,
    remedy,
    facts: { path },
    cause,
  })
}
