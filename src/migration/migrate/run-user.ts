/** One user of a run: lease, both sides, one pass, the waybill. Never rejects: a failed user is a result. */
import { counted } from '#base/counted.ts'
import { createHash } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import type { Clock } from '#base/clock.ts'
import { disposeQuietly } from '#base/dispose.ts'
import { Fault, asFault } from '#base/fault.ts'
import type { Log } from '#base/log.ts'
import { sentence } from '#base/sentence.ts'
import type { Turnstile } from '#base/turnstile.ts'
import type { MigrateEvent, MigrateUserResult } from '#contract/migrate.ts'
import type { Hold } from '#engine/pass/hold.ts'
import { DEFAULT_PASS, type PassOptions } from '#engine/pass/options.ts'
import type { Budget, MailSource, MailTarget, MailboxIdentity, MailboxLedger } from '#engine/ports.ts'
import { type PassResult, syncMailbox } from '#engine/sync-mailbox.ts'
import { openPatiently } from './open-patiently.ts'

export interface UserJob {
  readonly emailAddress: string
  readonly rowNumber: number
  readonly identity: MailboxIdentity
  openSource(): Promise<MailSource>
  openTarget(): Promise<MailTarget>
}

export interface UserRun {
  readonly budget: Budget
  readonly spareLanes: Turnstile
  readonly hold: Hold
  readonly clock: Clock
  readonly options: Partial<PassOptions>
  readonly stopping: AbortSignal
  readonly aborting: AbortSignal
  openLedger(identity: MailboxIdentity, signal: AbortSignal): Promise<MailboxLedger>
  /** Lists what is not carried; answers how many messages that are. */
  listSkipped(job: UserJob, ledger: MailboxLedger): Promise<number>
  /** Seals what this pass carried; answers the file. */
  seal(job: UserJob, ledger: MailboxLedger, result: PassResult, startedAt: number): Promise<string>
  tell(event: MigrateEvent): void
  /** Told of the fault that a result answers as `error`: whoever repeats passes must know whether it passes. */
  onFault?(fault: Fault): void
  readonly log: Log
  readonly startedAt: number
}

export async function runUser(job: UserJob, run: UserRun): Promise<MigrateUserResult> {
  const started = performance.now()
  const startedAt = run.clock.now()
  const user = job.emailAddress
  // After Ctrl-C nobody else is begun: a long file of users that fail would go on for hours.
  if (run.stopping.aborted) return { ...emptyResult(job), status: 'Stopped' }
  run.tell({ kind: 'started', user })
  const failed = (thrown: unknown): MigrateUserResult => {
    // What a stop cuts short is no failure: nothing was wrong.
    const stopped = run.stopping.aborted && (!(thrown instanceof Fault) || thrown.code === 'STOPPED')
    if (!stopped) run.onFault?.(asFault(thrown))
    return {
      ...emptyResult(job),
      status: stopped ? 'Stopped' : 'Failed',
      durationMs: performance.now() - started,
      error: stopped ? null : errorOf(logged(run, job, asFault(thrown))),
    }
  }
  try {
    // Both sides log in while the ledger is opened: the wait for one hides the wait for the others.
    const [sides, ledger] = await Promise.allSettled([
      openBoth(job, run),
      run.openLedger(job.identity, AbortSignal.any([run.stopping, run.aborting])),
    ])
    await using closer = new AsyncDisposableStack()
    if (ledger.status === 'fulfilled') closer.use(ledger.value)
    if (sides.status === 'fulfilled') {
      closer.use(sides.value.source)
      closer.use(sides.value.target)
    }
    if (sides.status === 'rejected') return failed(sides.reason)
    if (ledger.status === 'rejected') return failed(ledger.reason)
    using _ = onAbort(run.aborting, () => hangUp(job, sides.value))
    const result = await syncMailbox(
      {
        source: sides.value.source,
        target: sides.value.target,
        ledger: ledger.value,
        budget: run.budget,
        spareLanes: run.spareLanes,
        hold: run.hold,
        clock: run.clock,
        nameOf: (folder, validity, uid, target) => nameOf(job.identity, folder, validity, uid, target),
        events: {
          planned: ({ messages }) => run.tell({ kind: 'planned', user, messages }),
          landed: (messages, bytes, sent) => run.tell({ kind: 'progress', user, messages, bytes, sent }),
          skipped() {},
          note: (text) => run.tell({ kind: 'note', user, text }),
        },
      },
      run.options,
      run.stopping,
      run.aborting,
    )
    return await resultOf(job, run, ledger.value, result, startedAt, performance.now() - started)
  } catch (thrown) {
    return failed(thrown)
  }
}

/** A server that has fallen silent is not waited for. A Maildir never is silent, and its files stay open while it is written. */
function hangUp(job: UserJob, { source, target }: { source: MailSource; target: MailTarget }): void {
  void disposeQuietly(source)
  if (job.identity.target.kind === 'Imap') void disposeQuietly(target)
}

function onAbort(signal: AbortSignal, act: () => void): Disposable {
  if (signal.aborted) act()
  else signal.addEventListener('abort', act, { once: true })
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', act) }
}

/** What is opened, or the reason of the abort that came first; what opens after it is closed again. */
async function unlessAborted<T extends AsyncDisposable>(opening: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>()
  aborted.promise.catch(() => undefined)
  using _ = onAbort(signal, () => {
    aborted.reject(signal.reason)
    opening.then(disposeQuietly, () => undefined)
  })
  return await Promise.race([opening, aborted.promise])
}

/** Opens both at once; when one fails the other is closed again. The source's fault is the more telling one. */
async function openBoth(job: UserJob, run: UserRun): Promise<{ source: MailSource; target: MailTarget }> {
  const patience = {
    clock: run.clock,
    hold: run.hold,
    retryMs: (run.options.retryMs ?? DEFAULT_PASS.retryMs) / 2,
    stopping: AbortSignal.any([run.stopping, run.aborting]),
    note: (text: string) => run.tell({ kind: 'note', user: job.emailAddress, text }),
  }
  const [source, target] = await Promise.allSettled([
    unlessAborted(
      openPatiently(() => job.openSource(), patience),
      run.aborting,
    ),
    unlessAborted(
      openPatiently(() => job.openTarget(), patience),
      run.aborting,
    ),
  ])
  if (source.status === 'fulfilled' && target.status === 'fulfilled')
    return { source: source.value, target: target.value }
  for (const side of [source, target]) if (side.status === 'fulfilled') await side.value[Symbol.asyncDispose]()
  throw source.status === 'rejected' ? source.reason : (target as PromiseRejectedResult).reason
}

async function resultOf(
  job: UserJob,
  run: UserRun,
  ledger: MailboxLedger,
  result: PassResult,
  startedAt: number,
  durationMs: number,
): Promise<MigrateUserResult> {
  const { report } = result
  const givenUp = result.failure?.code === 'STOPPED'
  let failure = givenUp ? null : result.failure
  let skipped = 0
  let waybill: string | null = null
  try {
    skipped = await run.listSkipped(job, ledger)
    waybill = ledger.lease.holds() ? await run.seal(job, ledger, result, startedAt) : null
  } catch (thrown) {
    // What was carried is carried and is counted, though its report could not be written.
    failure ??= asFault(thrown)
  }
  if (failure) run.onFault?.(failure)
  const lost = [...report.lostFlags].map(
    ([flag, count]) => `${counted(count, 'message')} lost the flag ${flag}: the target does not keep it.`,
  )
  return {
    ...emptyResult(job),
    status: failure ? 'Failed' : result.stopped || givenUp ? 'Stopped' : 'Synced',
    items: report.folders.reduce((sum, { landed }) => sum + landed, report.landedElsewhere),
    carried: report.carried,
    carriedBytes: report.carriedBytes,
    skipped,
    adopted: report.adopted,
    flagsChanged: report.flagsChanged,
    durationMs,
    transferSeconds:
      report.firstByteAt && report.lastLandingAt ? Math.max(0, report.lastLandingAt - report.firstByteAt) / 1000 : 0,
    firstByteAfterMs: report.firstByteAt ? report.firstByteAt - run.startedAt : null,
    error: failure ? errorOf(logged(run, job, failure)) : null,
    waybill,
    notes: [...report.notes, ...lost],
    verified: report.verified,
  }
}

/** Where a bug came from is for the log alone: it tells the person nothing. */
function logged(run: UserRun, job: UserJob, fault: Fault): Fault {
  if (fault.code === 'BUG') {
    const at = (fault.cause instanceof Error ? fault.cause : fault).stack ?? ''
    run.log.error('internal error', { user: job.emailAddress, message: fault.message, at })
  }
  return fault
}

const emptyResult = (job: UserJob): MigrateUserResult => ({
  emailAddress: job.emailAddress,
  rowNumber: job.rowNumber,
  status: 'Failed',
  items: 0,
  carried: 0,
  carriedBytes: 0,
  skipped: 0,
  adopted: 0,
  flagsChanged: 0,
  durationMs: 0,
  transferSeconds: 0,
  firstByteAfterMs: null,
  error: null,
  waybill: null,
  notes: [],
  verified: null,
})

export const errorOf = (fault: Fault) => ({
  code: fault.code,
  message: sentence(fault.message),
  remedy: fault.remedy === null ? null : sentence(fault.remedy),
})

/** The name under which a named target stores a message: the same for every run, for it is how twice becomes once. */
export function nameOf(
  identity: MailboxIdentity,
  folder: string,
  validity: number,
  uid: number,
  target: string,
): string {
  const { host, port, userName, userRoot } = identity.source
  return createHash('sha256')
    .update(JSON.stringify([host, port, userName, userRoot, folder, validity, uid, target]))
    .digest('hex')
    .slice(0, 40)
}
