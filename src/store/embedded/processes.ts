/** What /proc says about a PostgreSQL of this data folder: is its postmaster alive, and who watches over it. */
import { readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Name ($0) of our supervisor, by which it is told from a shell of somebody else. */
export const SUPERVISOR = 'waybill-postgres'

export interface Postmaster {
  readonly pid: number
  /** False for an orphan: its supervisor was killed too, so nothing would ever stop it. */
  readonly supervised: boolean
  /** The status line of postmaster.pid is `ready`. */
  readonly ready: boolean
}

/** SIGKILL in the masks of /proc/PID/status. */
const KILLED = 0x100n
/** PF_EXITING in the flags of /proc/PID/stat. */
const EXITING = 0x4

/**
 * False for a zombie too: in a container without an init nobody reaps what we killed. False as well for what was killed
 * and has not been given the processor since, to end: on a busy machine that takes a while, and it does nothing more.
 */
export function isAlive(pid: number): boolean {
  const fields = statusFields(pid)
  if (fields === null || fields.state === 'Z' || fields.state === 'X') return false
  return (fields.flags & EXITING) === 0 && (pendingSignals(pid) & KILLED) === 0n
}

function statusFields(pid: number): { state: string; parent: number; flags: number } | null {
  try {
    // The command's name may hold blanks and parentheses; the fields after the last one do not.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, parent, , , , , flags] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return state === undefined || state === '' ? null : { state, parent: Number(parent), flags: Number(flags) }
  } catch {
    return null
  }
}

/** Of the process and its first thread. */
function pendingSignals(pid: number): bigint {
  try {
    const masks = readFileSync(`/proc/${pid}/status`, 'utf8').matchAll(/^(?:SigPnd|ShdPnd):\s*([0-9a-f]+)$/gm)
    return [...masks].reduce((all, [, mask]) => all | BigInt(`0x${mask}`), 0n)
  } catch {
    return 0n
  }
}

function commandLine(pid: number | string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

/** The live postmaster of a PostgreSQL data directory, by its postmaster.pid; null when there is none. */
export function livePostmaster(postgres: string): Postmaster | null {
  const lines = pidFile(postgres)
  if (lines === null) return null
  const pid = Number(lines[0])
  if (!(pid > 1) || !commandLine(pid).includes(postgres)) return null
  return {
    pid,
    supervised: commandLine(statusFields(pid)?.parent ?? 0).includes(SUPERVISOR),
    ready: lines[7]?.trim() === 'ready',
  }
}

function pidFile(postgres: string): string[] | null {
  return linesOf(join(postgres, 'postmaster.pid'))
}

function linesOf(file: string): string[] | null {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch {
    return null
  }
}

/**
 * Removes lock files of PostgreSQL whose pid now belongs to another program or to a zombie: common in containers, where
 * the same small pids come back and nobody may reap, and PostgreSQL itself would refuse to start. Only when no process
 * of this cluster is left, because a backend that outlived its postmaster still writes to the files.
 * @param clusterName the `cluster_name` setting, which is in every child's title
 */
export function clearStaleLocks(postgres: string, socket: string, clusterName: string): void {
  const stale = [join(postgres, 'postmaster.pid'), join(socket, '.s.PGSQL.5432.lock')].filter((file) => {
    const pid = Math.abs(Number(linesOf(file)?.[0] ?? 0))
    return pid > 1 && statusFields(pid) !== null && !commandLine(pid).includes(postgres)
  })
  if (stale.length === 0) return
  const mark = `postgres: ${clusterName}: `
  const left = readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name)) return false
    const words = commandLine(name)
    return words[0]?.startsWith(mark) === true || (words.includes(postgres) && !words.includes(SUPERVISOR))
  })
  if (!left) for (const file of stale) rmSync(file, { force: true })
}
