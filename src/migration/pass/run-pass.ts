/** One pass of one user, as a worker runs it: begun in the tables, carried out by the engine, ended in the tables. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '#base/clock.ts'
import { Fault } from '#base/fault.ts'
import { linkedSignal } from '#base/linked-signal.ts'
import type { Log } from '#base/log.ts'
import { makeFolders } from '#base/make-folders.ts'
import type { Turnstile } from '#base/turnstile.ts'
import type { MigrateUserResult } from '#contract/migrate.ts'
import type { LiteralBudget } from '#engine/budget.ts'
import type { Hold } from '#engine/pass/hold.ts'
import type { PassOptions } from '#engine/pass/options.ts'
import type { PassResult } from '#engine/sync-mailbox.ts'
import type { RunningJob } from '#jobs/work.ts'
import type { PostgresMailboxLedger } from '#store/ledger/mailbox-ledger.ts'
import type { PostgresLedger } from '#store/ledger/open-ledger.ts'
import type { Secrets } from '#store/secrets.ts'
import {
  type BegunPass,
  type PassBeginning,
  type PassEnd,
  beginPass,
  endPass,
  recordMailbox,
} from '#store/service/passes.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { readPasses } from '#store/service/users.ts'
import { countSkipped } from '#store/service/skipped-items.ts'
import { type PassWork, readPassWork } from '#store/service/pass-work.ts'
import type { OpenDeps } from '../endpoint/endpoint-source.ts'
import type { TargetDeps } from '../database/database-target.ts'
import { runUser } from '../migrate/run-user.ts'
import { sealWaybill } from '../migrate/seal-waybill.ts'
import { safeAddress } from '../waybill/file-name.ts'
import type { Signer } from '../waybill/signer.ts'
import { FIRST_WAIT_MS, MOST_TRANSIENT, decideOutcome } from './decide-outcome.ts'
import { passOptions } from './pass-options.ts'
import { userJob } from './user-job.ts'
import type { PassRegister, UnderWay } from './under-way.ts'

export interface PassDeps {
  readonly store: ServiceStore
  readonly secrets: Secrets
  readonly ledger: PostgresLedger
  readonly signer: Signer
  readonly clock: Clock
  readonly log: Log
  /** `<data>/reports`. */
  readonly reports: string
  readonly worker: string
  readonly budget: LiteralBudget
  readonly spareLanes: Turnstile
  /** Waits that a server asked for, by endpoint. */
  holdOf(endpointId: string): Hold
  readonly register: PassRegister
  readonly tuning: Partial<PassOptions>
  /** With passing faults from pass to pass; tests turn it. */
  readonly patience: { readonly mostTransient?: number; readonly againMs?: number }
  readonly opening: OpenDeps & Pick<TargetDeps, 'allowedRoots'>
  /** This host lacks what the mailbox needs: others may have it, so nothing new is taken here for a while. */
  rest(): void
  intervalMs(): Promise<number>
  /** This process ends: no new group is begun. */
  readonly stopping: AbortSignal
  /** At once: connections are given up. */
  readonly aborting: AbortSignal
}

export async function runPass(deps: PassDeps, job: RunningJob): Promise<void> {
  const begin: PassBeginning = { jobId: job.id, ...job.data, worker: deps.worker, attempt: job.deaths }
  const pass = await beginPass(deps.store, begin)
  if (!pass) return
  const work = await readPassWork(deps.store, job.data.userId)
  // Removed between two statements: whoever removed it has seen that nothing was opened.
  if (!work) return
  const way = deps.register.enter(pass.token, work.user.synced_items)
  try {
    const end = await carry(deps, job, pass, work, way)
    const isRecorded = await endPass(deps.store, begin, pass, end)
    deps.log[end.result === 'Failed' ? 'warn' : 'info']('pass ended', {
      user: work.user.address,
      batch: work.user.batch,
      kind: begin.bucket,
      result: isRecorded ? end.result : 'Superseded',
      items: end.items,
      code: end.error?.code ?? null,
      error: end.error?.message ?? null,
    })
  } finally {
    way.done()
  }
}

/** What the engine found, seen from its hooks. */
interface Seen {
  fault: Fault | null
  result: PassResult | null
  mailboxId: string | null
}

async function carry(
  deps: PassDeps,
  job: RunningJob,
  pass: BegunPass,
  work: PassWork,
  way: UnderWay,
): Promise<PassEnd> {
  const { clock, store } = deps
  const seen: Seen = { fault: null, result: null, mailboxId: null }
  using stopping = linkedSignal(deps.stopping, way.ending, job.signal)
  const result = await attempt(deps, job, pass, work, way, stopping.signal, seen)
  if (seen.fault?.code === 'TARGET_FOLDER_ELSEWHERE') deps.rest()
  const { mostTransient = MOST_TRANSIENT, againMs = FIRST_WAIT_MS } = deps.patience
  const failuresBefore = work.user.transient_failures
  // Also where the pass could not be ended, for the database had died: what had landed by then is in the ledger.
  const items = Math.max(result?.carried ?? 0, way.progress.items)
  const decision = decideOutcome({
    status: result?.status ?? 'Failed',
    fault: seen.fault,
    carried: items,
    failuresBefore,
    mostTransient,
    firstWaitMs: againMs,
    causesBefore: failuresBefore + 1 >= mostTransient ? await failedFor(store, work.user.id, failuresBefore) : [],
    endedBy: way.ending.aborted ? 'administrator' : deps.stopping.aborted || job.signal.aborted ? 'process' : null,
    now: clock.now(),
    intervalMs: await deps.intervalMs(),
    allowsIncremental: work.batch.choices.allowIncrementalSyncs,
    random: Math.random(),
  })
  const folders = seen.result?.report.folders ?? null
  return {
    ...decision,
    items,
    bytes: Math.max(result?.carriedBytes ?? 0, way.progress.bytes),
    transferMs: (result?.transferSeconds ?? 0) * 1000,
    totals:
      result === null || folders === null
        ? null
        : {
            sourceItems: folders.reduce((sum, { source }) => sum + source, 0),
            syncedItems: result.items,
            skippedItems: seen.mailboxId === null ? result.skipped : await countSkipped(store, seen.mailboxId),
            folders: folders.length,
          },
    mailboxId: seen.mailboxId,
    notes: result?.notes ?? [],
    waybill: result?.waybill ?? null,
  }
}

/** The words with which the last passes failed, newest first. */
async function failedFor(store: ServiceStore, userId: string, passes: number): Promise<string[]> {
  // The one that runs is the newest.
  const before = (await readPasses(store, userId, passes + 1)).slice(1)
  return before.filter(({ result }) => result === 'Failed').map(({ message }) => message)
}

/** `batches/imapbatch1.<BatchGuid>`: for people who look for it. Before it had the name in it, it was the Guid alone. */
function reportFolder(reports: string, { id, name }: PassWork['batch']): string {
  const old = join(reports, 'batches', id)
  return existsSync(old) ? old : join(reports, 'batches', `${safeAddress(name)}.${id}`)
}

/** Null when it could not even be tried: the fault says why. */
async function attempt(
  deps: PassDeps,
  job: RunningJob,
  pass: BegunPass,
  work: PassWork,
  way: UnderWay,
  stopping: AbortSignal,
  seen: Seen,
): Promise<MigrateUserResult | null> {
  const { clock, log, progress } = { ...deps, progress: way.progress }
  using aborting = linkedSignal(deps.aborting, way.givingUp, job.signal)
  try {
    const folder = reportFolder(deps.reports, work.batch)
    makeFolders(folder, 0o700)
    return await runUser(userJob(work, deps), {
      budget: deps.budget,
      spareLanes: deps.spareLanes,
      hold: deps.holdOf(job.data.endpointId),
      clock,
      options: { ...passOptions(work.batch.choices), ...deps.tuning },
      stopping,
      aborting: aborting.signal,
      async openLedger(identity, signal) {
        const ledger = await deps.ledger.open(identity, signal)
        seen.mailboxId = ledger.id
        if (work.user.mailbox_id !== ledger.id) await recordMailbox(deps.store, pass.token, ledger.id)
        return ledger
      },
      listSkipped: async () => (seen.mailboxId === null ? 0 : await countSkipped(deps.store, seen.mailboxId)),
      async seal(each, ledger, passed, startedAt) {
        seen.result = passed
        return await sealWaybill(each, ledger as PostgresMailboxLedger, passed, {
          folder,
          run: `${new Date(startedAt).toISOString().slice(0, 19).replaceAll(':', '')}Z-${pass.passId.slice(0, 4)}`,
          signer: deps.signer,
          startedAt,
          finishedAt: clock.now(),
        })
      },
      tell(event) {
        if (event.kind === 'planned') progress.sourceItems = progress.before + event.messages
        if (event.kind === 'progress') {
          progress.landed += event.messages
          // What was there already is no work of this pass.
          progress.items += event.sent === false ? 0 : event.messages
          progress.bytes += event.sent === false ? 0 : event.bytes
        }
        progress.changed = true
      },
      onFault: (fault) => (seen.fault = fault),
      log,
      startedAt: clock.now(),
    })
  } catch (thrown) {
    seen.fault = thrown instanceof Fault ? thrown : faultOf(thrown)
    return null
  }
}

/** The report folder that cannot be made: the disk, and no mailbox's fault. */
function faultOf(thrown: unknown): Fault {
  return new Fault({
    code: 'REPORT_FOLDER',
    scope: 'instance',
    transient: true,
    message: `The folder for reports cannot be made: ${thrown instanceof Error ? thrown.message : String(thrown)}.`,
    remedy: 'Free space on the disk of the data folder, or make the folder writable.',
    cause: thrown,
  })
}
