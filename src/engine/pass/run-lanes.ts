/** The lanes of a mailbox at work: two always, more while the process has slots to spare. */
import { Fault, asFault } from '#base/fault.ts'
import type { CutOff } from '../ports.ts'
import { Lane } from '../pipeline/lane.ts'
import { finishFolder } from './finish-folder.ts'
import type { FolderWork } from './folder-work.ts'
import { openFolder } from './open-folder.ts'
import type { Pass } from './pass.ts'
import { type Job, WorkList } from './work-list.ts'

export async function runLanes(pass: Pass, folders: readonly FolderWork[], cutOff: CutOff | null): Promise<void> {
  if (folders.length === 0) return
  const list = new WorkList(folders)
  for (const work of folders) work.changed = () => list.changed()
  const stop = () => list.stop()
  pass.stopSignal.addEventListener('abort', stop, { once: true })
  if (pass.stopping) list.stop()

  const { lanes, mostLanes } = pass.options
  list.lanes = lanes
  const guaranteed = Array.from({ length: lanes }, () => runLane(pass, list, cutOff))
  const spare: Promise<void>[] = []
  // Spare lanes are taken only once the listings show that there is work for them.
  const claim = () => {
    while (spare.length < mostLanes - lanes && pass.ports.spareLanes.free > 0 && list.busy && !pass.stopping) {
      void pass.ports.spareLanes.take(1)
      list.lanes++
      spare.push(runLane(pass, list, cutOff).finally(() => pass.ports.spareLanes.give(1)))
    }
  }
  list.onOpened = claim
  await Promise.all(guaranteed)
  await Promise.all(spare)
  pass.stopSignal.removeEventListener('abort', stop)
}

async function runLane(pass: Pass, list: WorkList, cutOff: CutOff | null): Promise<void> {
  const lane = new Lane(pass)
  try {
    for (let job = await list.next(null); job; job = await list.next(lane.folder)) {
      try {
        await pass.ports.hold.over(pass.stopSignal)
        await runJob(pass, list, lane, job, cutOff)
      } catch (thrown) {
        if (await retires(pass, list, lane, job, thrown)) return
        await recoverLane(pass, list, lane, job, thrown)
      }
    }
    const late = await lane.drain()
    if (late && !late.transient) pass.fail(late)
  } catch (thrown) {
    // The lane cannot go on: the pass has failed or was stopped while it waited.
    if (!pass.stopping) pass.fail(asFault(thrown))
    list.stop()
    await lane.drain()
  } finally {
    await lane.close()
  }
}

async function runJob(pass: Pass, list: WorkList, lane: Lane, job: Job, cutOff: CutOff | null): Promise<void> {
  switch (job.kind) {
    case 'open':
      await openFolder(pass, job.work, lane, cutOff)
      list.opened(job.work)
      return
    case 'carry':
      try {
        await lane.carry(job.work, job.plans)
      } finally {
        list.carried(job.work)
      }
      return
    case 'finish':
      if (job.work.trouble) list.closed(job.work)
      else if (await finishFolder(pass, job.work, lane)) list.closed(job.work)
      else list.again(job.work)
      return
  }
}

/** The server's limit of connections is learnt from its refusal: the lane goes, the others carry on (§8). */
async function retires(pass: Pass, list: WorkList, lane: Lane, job: Job, thrown: unknown): Promise<boolean> {
  if (!(thrown instanceof Fault) || thrown.code !== 'TOO_MANY_CONNECTIONS' || list.lanes < 2) return false
  list.lanes--
  pass.ports.events.note(`${thrown.message} Going on with ${list.lanes} connections.`)
  await lane.drain()
  await lane.close()
  if (job.kind !== 'carry') list.again(job.work)
  else list.changed()
  return true
}

/** Puts the job back, closes the lane's connections after what is under way, and waits as the fault demands. */
async function recoverLane(pass: Pass, list: WorkList, lane: Lane, job: Job, thrown: unknown): Promise<void> {
  const fault = asFault(thrown)
  await lane.drain()
  await lane.close()
  if (fault.scope === 'folder' && !fault.transient && !pass.signal.aborted) {
    job.work.giveUp(fault)
    pass.ports.events.note(fault.message)
    list.closed(job.work)
    return
  }
  if (job.kind !== 'carry') list.again(job.work)
  else list.changed()
  if (pass.stopping) return
  await pass.passing(fault)
}
