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

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM'
  }
}

function commandLine(pid: number | string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

function parentOf(pid: number): number {
  try {
    // The command's name may hold blanks and parentheses; the fields after the last one do not.
    return Number(/^.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** The live postmaster of a PostgreSQL data directory, by its postmaster.pid; null when there is none. */
export function livePostmaster(postgres: string): Postmaster | null {
  const lines = pidFile(postgres)
  if (lines === null) return null
  const pid = Number(lines[0])
  if (!(pid > 1) || !commandLine(pid).includes(postgres)) return null
  return { pid, supervised: commandLine(parentOf(pid)).includes(SUPERVISOR), ready: lines[7]?.trim() === 'ready' }
}

function pidFile(postgres: string): string[] | null {
  try {
    return readFileSync(join(postgres, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return null
  }
}

/**
 * Removes a postmaster.pid whose pid now belongs to another program: common in containers, where the same small pids
 * come back, and PostgreSQL itself would refuse to start. Only when no process of this cluster is left, because a
 * backend that outlived its postmaster still writes to the files.
 * @param clusterName the `cluster_name` setting, which is in every child's title
 */
export function clearReusedPid(postgres: string, clusterName: string): void {
  const pid = Number(pidFile(postgres)?.[0] ?? 0)
  if (!(pid > 1) || !isAlive(pid) || commandLine(pid).includes(postgres)) return
  const mark = `postgres: ${clusterName}: `
  const left = readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name)) return false
    const words = commandLine(name)
    return words[0]?.startsWith(mark) === true || (words.includes(postgres) && Number(name) !== process.pid)
  })
  if (!left) rmSync(join(postgres, 'postmaster.pid'), { force: true })
}
