/** Starts the embedded PostgreSQL of a data folder, or says why it cannot be. */
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Fault } from '#base/fault.ts'
import type { DataFolder } from '../data-folder.ts'
import { dataFolderFull } from '../fs-faults.ts'
import { placeBinaries } from './binaries.ts'
import { initialiseCluster } from './initialise.ts'
import { admit, postgresOwner } from './owner.ts'
import { passwords, type Passwords } from './passwords.ts'
import { clearStaleLocks, isAlive, livePostmaster } from './processes.ts'
import { majorSettings, serverSettings } from './settings.ts'
import { instanceHash, socketFolder } from './socket-folder.ts'
import { supervise, type Supervisor } from './supervisor.ts'

/** A crash recovery replays at most `max_wal_size`; on a slow disk that takes a while. */
const START_MS = 120_000
/** A postmaster that nobody holds is being stopped by its supervisor; its last checkpoint may write 32 MB. */
const LEFT_BEHIND_MS = 30_000
const STOP_MS = 30_000
const LOOK_MS = 5

export interface EmbeddedPostgres {
  /** Folder of the Unix socket, for `host`; the port is 5432. */
  readonly socket: string
  readonly passwords: Passwords
  readonly version: string
  /** Pid of the running postmaster, null while it is down. */
  readonly pid: () => number | null
  /** Resolves when nothing would restart PostgreSQL any more, after `stop` or because its supervisor was killed. */
  readonly ended: Promise<void>
  /** Stops PostgreSQL (fast) and resolves when its process is gone. May be called twice. */
  stop(): Promise<void>
}

/** Who holds the instance lock in a running PostgreSQL; null: nobody, or it takes no connections now. */
export type FindHolder = (socket: string, passwords: Passwords) => Promise<{ pid: number | null } | null>

/**
 * @throws Fault DATA_FOLDER_IN_USE, DATA_FOLDER_FULL, POSTGRES_DOES_NOT_START, POSTGRES_DOES_NOT_STOP and those of
 *   placing and setting up; all of scope `instance`
 */
export async function startEmbedded(folder: DataFolder, findHolder: FindHolder): Promise<EmbeddedPostgres> {
  const owner = postgresOwner(folder)
  if (owner) admit(folder, owner)
  const socket = socketFolder(folder.path, owner)
  const secrets = passwords(folder)
  const binaries = placeBinaries(folder)
  await initialiseCluster(folder, binaries, owner, secrets.superuser)
  const clusterName = `waybill-${instanceHash(folder.path)}`
  const command = [
    join(binaries.bin, 'postgres'),
    '-D',
    folder.postgres,
    ...serverSettings(socket, clusterName),
    ...majorSettings(binaries.major),
  ]
  for (let attempt = 1; ; attempt++) {
    await othersGone(folder, () => findHolder(socket, secrets))
    clearStaleLocks(folder.postgres, socket, clusterName)
    const supervisor = supervise(folder, owner, command)
    const outcome = await untilReady(folder, supervisor)
    if (outcome === 'ready') {
      return {
        socket,
        passwords: secrets,
        version: binaries.version,
        pid: () => supervisor.pid,
        ended: supervisor.ended,
        stop: () => stop(folder, supervisor),
      }
    }
    await stop(folder, supervisor)
    // Another start was faster; the next look finds its postmaster.
    if (outcome === 'not-ours' && attempt < 10) continue
    throw doesNotStart(folder, supervisor.said())
  }
}

export function inUse(folder: string, pid: number | null): Fault {
  return new Fault({
    code: 'DATA_FOLDER_IN_USE',
    scope: 'instance',
    transient: true,
    message: `the data folder ${folder} is in use by another Waybill${pid === null ? '' : `, process ${pid}`}`,
    remedy: `Wait until it has ended or stop it${pid === null ? '' : ` ("kill ${pid}")`}, or name another data folder with --data or WAYBILL_DATA.`,
    facts: { folder, pid },
  })
}

/** Waits for a postmaster that was left behind; refuses when a living Waybill holds it. */
async function othersGone(folder: DataFolder, findHolder: () => ReturnType<FindHolder>): Promise<void> {
  const end = Date.now() + LEFT_BEHIND_MS
  for (let found = livePostmaster(folder.postgres); found; found = livePostmaster(folder.postgres)) {
    const holder = await findHolder()
    // A holder that was killed a moment ago may still have its session; its supervisor ends that.
    if (holder && (holder.pid === null || isAlive(holder.pid))) throw inUse(folder.path, holder.pid)
    if (!holder && !found.supervised) signal(found.pid, 'SIGINT')
    if (Date.now() > end) {
      if (found.supervised) throw inUse(folder.path, null)
      throw new Fault({
        code: 'POSTGRES_DOES_NOT_STOP',
        scope: 'instance',
        transient: true,
        message: `PostgreSQL of an earlier run (process ${found.pid}) in ${folder.postgres} does not stop`,
        remedy: `Look into ${join(folder.logs, 'postgres.log')}, stop process ${found.pid}, and start again.`,
        facts: { folder: folder.path, pid: found.pid },
      })
    }
    await wait(LOOK_MS * 2)
  }
}

async function untilReady(folder: DataFolder, supervisor: Supervisor): Promise<'ready' | 'not-ours' | 'failed'> {
  const end = Date.now() + START_MS
  for (let ends = 0; !supervisor.hasEnded && Date.now() < end; await wait(LOOK_MS)) {
    const running = livePostmaster(folder.postgres)
    if (running?.ready && running.pid === supervisor.pid) return 'ready'
    if (supervisor.ends === ends) continue
    ends = supervisor.ends
    const said = supervisor.said()
    if (/lock file "[^"]*" already exists/.test(said)) return 'not-ours'
    // Backends of a killed postmaster need a moment to notice; the supervisor tries again.
    if (!/pre-existing shared memory block/.test(said) && ends >= 2) return 'failed'
  }
  return 'failed'
}

function doesNotStart(folder: DataFolder, said: string): Fault {
  const words = [...said.matchAll(/(?:FATAL|PANIC):\s+(.*)/g)].at(-1)?.[1] ?? said.trim().split('\n').at(-1) ?? ''
  if (/No space left on device|Disk quota exceeded/.test(said)) return dataFolderFull(folder.path, words)
  return new Fault({
    code: 'POSTGRES_DOES_NOT_START',
    scope: 'instance',
    transient: false,
    message: `PostgreSQL does not start in ${folder.postgres}: ${words || 'it said nothing'}`,
    remedy: `Look into ${join(folder.logs, 'postgres.log')} and repair what it names, or set DATABASE_URL.`,
    facts: { folder: folder.path },
  })
}

function signal(pid: number, name: 'SIGINT' | 'SIGQUIT'): void {
  try {
    process.kill(pid, name)
  } catch {
    // It ended meanwhile.
  }
}

async function stop(folder: DataFolder, supervisor: Supervisor): Promise<void> {
  const mine = supervisor.pid
  supervisor.release()
  const end = Date.now() + STOP_MS
  let quit = false
  for (;;) {
    const left = livePostmaster(folder.postgres)
    const ours = left !== null && left.pid === (supervisor.pid ?? mine)
    if (supervisor.hasEnded && !ours) return
    // The supervisor was killed: nobody else stops what it left.
    if (supervisor.hasEnded && left) signal(left.pid, 'SIGINT')
    if (Date.now() > end) {
      // Immediate shutdown: no commit is lost, the next start recovers.
      if (quit || !ours) return
      signal(left.pid, 'SIGQUIT')
      quit = true
    }
    await wait(LOOK_MS)
  }
}
