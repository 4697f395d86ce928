import { readdirSync, readFileSync } from 'node:fs'

interface Entry {
  readonly pid: number
  readonly parent: number
  readonly session: number
}

/**
 * The live processes of the instance whose first process is `leader`, ascending: its session (orphans stay in it) and
 * all descendants (PostgreSQL gives each backend a session of its own). Zombies are dead and not listed.
 */
export function instancePids(leader: number): number[] {
  const all = entries()
  const found = new Set(
    all.filter((entry) => entry.pid === leader || entry.session === leader).map((entry) => entry.pid),
  )
  for (let before = -1; before !== found.size;) {
    before = found.size
    for (const entry of all) if (found.has(entry.parent)) found.add(entry.pid)
  }
  return [...found].sort((a, b) => a - b)
}

/** SIGKILL to all of them at once: the leader is frozen first, so that it cannot replace the fallen. */
export function killInstance(leader: number): void {
  send(leader, 'SIGSTOP')
  const pids = instancePids(leader)
  for (const pid of pids) send(pid, 'SIGSTOP')
  for (const pid of new Set([...pids, ...instancePids(leader)])) send(pid, 'SIGKILL')
}

/** Sends a signal to a process that may be gone already. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

function entries(): Entry[] {
  const found: Entry[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    let stat: string
    try {
      stat = readFileSync(`/proc/${name}/stat`, 'utf8')
    } catch {
      continue
    }
    // The second field is the program's name in parentheses and may itself hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') continue
    found.push({ pid: Number(name), parent: Number(fields[1]), session: Number(fields[3]) })
  }
  return found
}
