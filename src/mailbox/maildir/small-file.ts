/**
 * `subscriptions` and `dovecot-keywords`, which a live Dovecot changes too: read without following links, replaced
 * whole under the dot lock that Dovecot itself takes for them.
 */
import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  fsyncSync,
  futimesSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '#base/fault.ts'
import { errno } from './faults.ts'
import { type Owner, at } from './folder-handles.ts'

const MOST_BYTES = 4 * 1_048_576
const LOCK_POLL_MS = 20
const LOCK_WAIT_MS = 30_000
/** Dovecot's own lock lives for milliseconds, and Dovecot breaks locks of this age too. */
const LOCK_STALE_MS = 120_000

/** The content, null when there is no such file. A link, a pipe or a huge file is refused. */
export function readSmallFile(folder: number, name: string): { text: string; mtimeMs: number } | null {
  let handle
  try {
    handle = openSync(at(folder, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT') return null
    throw thrown
  }
  try {
    const status = fstatSync(handle)
    if (!status.isFile() || status.size > MOST_BYTES) throw notSmall(name)
    return { text: readFileSync(handle, 'utf8'), mtimeMs: status.mtimeMs }
  } finally {
    closeSync(handle)
  }
}

/** Replaces the file by what `update` makes of it; null leaves it alone. Durable when it resolves. */
export async function replaceSmallFile(
  folder: number,
  name: string,
  owner: Owner,
  update: (old: string | null) => string | null,
): Promise<void> {
  const lock = at(folder, `${name}.lock`)
  const handle = await takeLock(lock, name)
  let ours = true
  try {
    const old = readSmallFile(folder, name)
    const content = update(old?.text ?? null)
    if (content === null) return
    if (owner) fchownSync(handle, owner.uid, owner.gid)
    writeFileSync(handle, content)
    // Dovecot looks at whole seconds of mtime to see a change: each version gets a second of its own.
    const mtimeS = Math.max(Math.floor(Date.now() / 1000), Math.floor((old?.mtimeMs ?? 0) / 1000) + 1)
    futimesSync(handle, mtimeS, mtimeS)
    fsyncSync(handle)
    renameSync(lock, at(folder, name))
    ours = false
    fsyncSync(folder)
  } finally {
    // After the rename a lock of this name is somebody else's.
    if (ours) rmSync(lock, { force: true })
    closeSync(handle)
  }
}

async function takeLock(lock: string, name: string): Promise<number> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  for (const until = Date.now() + LOCK_WAIT_MS; ; await sleep(LOCK_POLL_MS)) {
    try {
      return openSync(lock, flags, 0o600)
    } catch (thrown) {
      if (errno(thrown) !== 'EEXIST') throw thrown
    }
    const ageMs = Date.now() - (lstatSync(lock, { throwIfNoEntry: false })?.ctimeMs ?? Date.now())
    if (ageMs > LOCK_STALE_MS) rmSync(lock, { force: true })
    else if (Date.now() > until) {
      throw new Fault({
        code: 'TARGET_LOCKED',
        scope: 'folder',
        transient: true,
        message: `${name}.lock in the Maildir stayed there for ${LOCK_WAIT_MS / 1000} s`,
        remedy: 'See which process holds it; a lock left by a crash is removed after two minutes.',
      })
    }
  }
}

const notSmall = (name: string) =>
  new Fault({
    code: 'TARGET_NOT_A_MAILDIR',
    scope: 'mailbox',
    transient: false,
    message: `${name} in the Maildir is not a plain file of at most ${MOST_BYTES} bytes`,
    remedy: 'Look at it; move away what does not belong there, then give the same command again.',
    facts: { file: name },
  })
