/**
 * `subscriptions` and `dovecot-keywords`, which a live Dovecot changes too: read without following links, replaced
 * whole under the dot lock that Dovecot itself takes for them.
 */
import { randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  fsyncSync,
  futimesSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '#base/fault.ts'
import { errno } from './faults.ts'
import { type Owner, at, ensureFolder } from './folder-handles.ts'
import { TMP_PREFIX } from './stage-message.ts'

const MOST_BYTES = 4 * 1_048_576
const LOCK_POLL_MS = 20
const LOCK_WAIT_MS = 30_000
/** Dovecot's own lock lives for milliseconds, and Dovecot breaks locks of this age too. */
const LOCK_STALE_MS = 120_000
/** Ours live for milliseconds too; those of a dead Waybill need not wait for two minutes. */
const ORPHAN_MS = 1_000

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

/**
 * Replaces the file by what `update` makes of it; null leaves it alone. `update` may be asked more than once. Durable
 * when it resolves. All that takes time happens before the lock is taken: a kill while it is held would stop every
 * other writer for two minutes.
 */
export async function replaceSmallFile(
  folder: number,
  name: string,
  owner: Owner,
  update: (old: string | null) => string | null,
): Promise<void> {
  const scraps = ensureFolder(folder, 'tmp', owner)
  try {
    while (!(await replaceUnlessChanged(folder, name, scraps, owner, update)));
  } finally {
    closeSync(scraps)
  }
}

/** False when somebody else has changed the file meanwhile. */
async function replaceUnlessChanged(
  folder: number,
  name: string,
  scraps: number,
  owner: Owner,
  update: (old: string | null) => string | null,
): Promise<boolean> {
  const old = readSmallFile(folder, name)
  const content = update(old?.text ?? null)
  if (content === null) return true
  const made = at(scraps, `${TMP_PREFIX}${process.pid}.${randomUUID()}`)
  const lock = at(folder, `${name}.lock`)
  try {
    // Dovecot looks at whole seconds of mtime to see a change: each version gets a second of its own.
    const mtimeS = Math.max(Math.floor(Date.now() / 1000), Math.floor((old?.mtimeMs ?? 0) / 1000) + 1)
    writeSynced(made, content, owner, mtimeS)
    await takeLock(made, lock, name, scraps)
    let ours = true
    try {
      if (readSmallFile(folder, name)?.text !== old?.text) return false
      renameSync(lock, at(folder, name))
      ours = false
    } finally {
      // After the rename a lock of this name is somebody else's.
      if (ours) rmSync(lock, { force: true })
    }
    fsyncSync(folder)
    return true
  } finally {
    rmSync(made, { force: true })
  }
}

function writeSynced(path: string, content: string, owner: Owner, mtimeS: number): void {
  const handle = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600)
  try {
    if (owner) fchownSync(handle, owner.uid, owner.gid)
    writeFileSync(handle, content)
    futimesSync(handle, mtimeS, mtimeS)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** The lock is the new file itself under a second name. */
async function takeLock(made: string, lock: string, name: string, scraps: number): Promise<void> {
  for (const until = Date.now() + LOCK_WAIT_MS; ; await sleep(LOCK_POLL_MS)) {
    try {
      linkSync(made, lock)
      return
    } catch (thrown) {
      if (errno(thrown) !== 'EEXIST') throw thrown
    }
    const ageMs = Date.now() - (lstatSync(lock, { throwIfNoEntry: false })?.ctimeMs ?? Date.now())
    if (ageMs > LOCK_STALE_MS || (ageMs > ORPHAN_MS && isOrphan(lock, scraps))) rmSync(lock, { force: true })
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

/** Whether a Waybill left it that was killed: then it is one of its scraps as well, whose name begins with its pid. */
function isOrphan(lock: string, scraps: number): boolean {
  const held = lstatSync(lock, { throwIfNoEntry: false })
  if (!held || held.nlink < 2) return false
  return readdirSync(at(scraps, '')).some((file) => {
    const pid = file.startsWith(TMP_PREFIX) ? Number.parseInt(file.slice(TMP_PREFIX.length), 10) : Number.NaN
    return pid > 0 && lstatSync(at(scraps, file), { throwIfNoEntry: false })?.ino === held.ino && !isAlive(pid)
  })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return errno(thrown) !== 'ESRCH'
  }
}

const notSmall = (name: string) =>
  new Fault({
    code: 'TARGET_NOT_A_MAILDIR',
    scope: 'mailbox',
    transient: false,
    message: `${name} in the Maildir is not a plain file of at most ${MOST_BYTES} bytes`,
    remedy: 'Look at it; move away what does not belong there, then start it again.',
    facts: { file: name },
  })
