/**
 * One pass: brings a target mailbox up to date with its source. First, later and last passes are the same code
 * (transfer-engine.md); what a pass does follows from what the ledger knows.
 */
import { counted } from '#base/counted.ts'
import { crashPoint } from '#base/crash-point.ts'
import { Fault, asFault } from '#base/fault.ts'
import { DEFAULT_PASS, type PassOptions } from './pass/options.ts'
import { FolderWork } from './pass/folder-work.ts'
import { Pass, type PassPorts } from './pass/pass.ts'
import { planFolders } from './pass/plan-folders.ts'
import { chooseCutOff } from './pass/choose-cut-off.ts'
import type { PassReport } from './pass/report.ts'
import { runLanes } from './pass/run-lanes.ts'
import { verifyMailbox } from './verify/verify-mailbox.ts'

export interface PassResult {
  readonly report: PassReport
  /** Null when everything is synced; skipped items do not count as failure. */
  readonly failure: Fault | null
  /** True when it was asked to stop before it was through. */
  readonly stopped: boolean
}

/**
 * Runs a pass. Never rejects: what went wrong is the result's `failure`. After `stopping` aborts no new group is
 * begun and what is in flight lands; after `aborting` connections are given up at once.
 */
export async function syncMailbox(
  ports: PassPorts,
  options: Partial<PassOptions>,
  stopping: AbortSignal,
  aborting: AbortSignal,
): Promise<PassResult> {
  const pass = new Pass(ports, { ...DEFAULT_PASS, ...options }, stopping, aborting)
  try {
    const folders = await planFolders(pass)
    crashPoint('folders.planned')
    pass.report.folders = folders.map(({ report }) => report)
    const active = folders.filter((work) => work.active)
    pass.ports.events.planned({
      messages: active.reduce((sum, work) => sum + Math.max(0, work.report.source - work.report.landed), 0),
      bytes: 0,
    })
    const cutOff = await chooseCutOff(pass, folders)
    await runLanes(pass, active, cutOff)
    const { adopted, notes } = pass.report
    if (adopted > 0)
      notes.push(
        adopted === 1
          ? '1 message was in the target before and is the same: it was not sent.'
          : `${counted(adopted, 'message')} were in the target before and are the same: they were not sent.`,
      )
    if (pass.notUnderstood !== null && folders.every(({ report }) => report.landed === 0)) {
      pass.fail(understandsNothing(pass.notUnderstood))
    }
    if (!pass.failure && !pass.stopping) await verifyMailbox(pass, folders)
    pass.report.vanished = folders.reduce((sum, { report }) => sum + report.vanished, 0)
    const trouble = troubleOf(folders)
    if (trouble && !pass.stopping) pass.fail(trouble)
  } catch (thrown) {
    if (!stopping.aborted || thrown instanceof Fault) pass.fail(asFault(thrown))
  } finally {
    await pass.close()
  }
  return { report: pass.report, failure: pass.failure, stopped: stopping.aborted && !pass.failure }
}

/** Not one message was taken: that is the target, not the mail. */
function understandsNothing(said: string): Fault {
  return new Fault({
    code: 'SERVER_CONFUSED',
    scope: 'mailbox',
    transient: false,
    message: `The target answers BAD to every message that is to be stored: ${said}`,
    remedy: "Look into the target's log for the reason, then start it again; it tries all of them again.",
  })
}

/** Folders that could not be carried make the user fail, after the others were. */
function troubleOf(folders: readonly FolderWork[]): Fault | null {
  const bad = folders.flatMap(({ trouble }) => trouble ?? [])
  const [first] = bad
  if (!first || bad.length === 1) return first ?? null
  return new Fault({
    code: first.code,
    scope: 'mailbox',
    transient: false,
    message: `${bad.length} folders could not be carried. The first: ${first.message}`,
    ...(first.remedy ? { remedy: first.remedy } : {}),
    facts: first.facts,
  })
}
