/**
 * `waybill migrate`: every user of a CSV file, several at once, each with a pass, a report and a waybill. One user's
 * fault never stops another.
 */
import { join } from 'node:path'
import { systemClock } from '#base/clock.ts'
import { Fault } from '#base/fault.ts'
import { mapConcurrently } from '#base/limit-concurrency.ts'
import { makeFolders } from '#base/make-folders.ts'
import type { Log } from '#base/log.ts'
import { Turnstile } from '#base/turnstile.ts'
import type { DryRunUser, MigrateEvent, MigrateRequest, MigrateResult, MigrateUserResult } from '#contract/migrate.ts'
import { LiteralBudget } from '#engine/budget.ts'
import { Hold } from '#engine/pass/hold.ts'
import type { PassOptions } from '#engine/pass/options.ts'
import { parseFolderPattern } from '#engine/plan/exclude.ts'
import type { ImapOptions } from '#mailbox/imap/options.ts'
import { openImapSource } from '#mailbox/imap/source.ts'
import { openImapTarget } from '#mailbox/imap/target.ts'
import { openMaildirTarget } from '#mailbox/maildir/target.ts'
import type { PostgresLedger } from '#store/ledger/open-ledger.ts'
import type { PostgresMailboxLedger } from '#store/ledger/mailbox-ledger.ts'
import type { CsvCheck } from '#csv/check-csv.ts'
import { checkCsvFile } from '../csv/check-csv-file.ts'
import type { BadRow, CsvUser } from '#csv/check-rows.ts'
import type { Signer } from '../waybill/signer.ts'
import { dryRunUser } from './dry-run.ts'
import { maildirRoot, warnOfRoot } from './maildir-root.ts'
import { readPasswordFile } from './password-file.ts'
import { writeReports } from './reports.ts'
import { type UserJob, runUser } from './run-user.ts'
import { sealWaybill } from './seal-waybill.ts'
import { skippedCsv } from './skipped-csv.ts'
import { sharedMailboxes } from './shared-mailboxes.ts'
import { type LoginTemplate, checkTemplate, targetCredentials } from './target-login.ts'

export interface MigrateWorld {
  readonly ledger: PostgresLedger
  readonly signer: Signer
  /** `<data>/reports`. */
  readonly reports: string
  readonly log: Log
  readonly stopping: AbortSignal
  readonly aborting: AbortSignal
  /** Wall clock ms at which the command was started. */
  readonly startedAt: number
  /** Numbers that only tests turn. */
  readonly tuning: Partial<PassOptions>
}

export type Tell = (event: MigrateEvent) => void

export interface Accepted {
  readonly request: MigrateRequest
  readonly csv: CsvCheck
  readonly jobs: readonly UserJob[]
  readonly exclude: PassOptions['exclude']
}

/**
 * Everything that can refuse the input, before anything is opened. Throws request Faults (exit 3).
 * @param deadlines how long servers may take, where it is not what transfer-engine.md §8 says: tests cannot wait
 */
export async function acceptRequest(
  request: MigrateRequest,
  tell: Tell,
  log: Log,
  deadlines: ImapOptions['deadlines'] = {},
): Promise<Accepted> {
  const template = readTemplate(request, tell)
  if (request.target.kind === 'maildir') warnOfRoot(request.target.root, tell)
  // A pattern that means nothing is refused before the first log-in.
  const exclude = request.excludeFolders.map(parseFolderPattern)
  const checked = await checkCsvFile(request.csvPath, {
    allowUnknownColumns: request.allowUnknownColumns,
    targetLogin: request.targetLogin,
  })
  for (const text of checked.warnings) tell({ kind: 'warning', text })
  const known = withoutOtherDatabases(checked)
  const all = known.users.map((user) => jobOf(user, request, template, { log, deadlines }))
  const csv = withBadRows(known, sharedMailboxes(all, known.users))
  const bad = new Set(csv.badRows.map(({ rowNumber }) => rowNumber))
  const jobs = all.filter(({ rowNumber }) => !bad.has(rowNumber))
  tell({ kind: 'accepted', users: jobs.length, badRows: csv.badRows.length })
  return { request, csv, jobs, exclude }
}

/** `migrate` knows one target, that of --target: rows that name another are told, the others run. */
function withoutOtherDatabases(csv: CsvCheck): CsvCheck {
  const message =
    'TargetDatabase names a database, and waybill migrate knows only the target of --target: leave it empty and run one command for each target'
  const others = csv.users.filter(({ targetDatabase }) => targetDatabase !== null)
  return withBadRows(
    csv,
    others.map(({ rowNumber, cells }) => ({ rowNumber, cells, columns: ['TargetDatabase'] as const, message })),
  )
}

function withBadRows(csv: CsvCheck, more: readonly BadRow[]): CsvCheck {
  const bad = new Set(more.map(({ rowNumber }) => rowNumber))
  return {
    ...csv,
    users: csv.users.filter(({ rowNumber }) => !bad.has(rowNumber)),
    badRows: [...csv.badRows, ...more].sort((a, b) => a.rowNumber - b.rowNumber),
  }
}

function readTemplate(request: MigrateRequest, tell: Tell): LoginTemplate | null {
  if (request.targetLogin === null || request.targetPasswordFile === null) return null
  checkTemplate(request.targetLogin, request.targetAdmin)
  const password = readPasswordFile(request.targetPasswordFile, (text) => tell({ kind: 'warning', text }))
  return { template: request.targetLogin, admin: request.targetAdmin, password }
}

function jobOf(
  user: CsvUser,
  request: MigrateRequest,
  template: LoginTemplate | null,
  { log, deadlines }: { readonly log: Log; readonly deadlines: NonNullable<ImapOptions['deadlines']> },
): UserJob {
  const { source, target } = request
  const credentials =
    target.kind === 'imap' ? targetCredentials(user, template) : { username: user.emailAddress, password: '' }
  return {
    emailAddress: user.emailAddress,
    rowNumber: user.rowNumber,
    identity: {
      source: { host: source.host, port: source.port, userName: user.userName, userRoot: user.userRoot ?? '' },
      target:
        target.kind === 'imap'
          ? { kind: 'Imap', place: `${target.host}:${target.port}`, login: credentials.username }
          : { kind: 'Maildir', place: target.root, login: user.emailAddress },
    },
    openSource: () =>
      openImapSource({
        host: source.host,
        port: source.port,
        security: source.security,
        acceptUntrusted: source.acceptUntrustedCertificates,
        allowClearText: source.allowClearText,
        username: user.userName,
        password: user.password,
        deadlines,
        ...(user.userRoot === null ? {} : { userRoot: user.userRoot }),
        log,
      }),
    openTarget: () =>
      target.kind === 'imap'
        ? openImapTarget({
            host: target.host,
            port: target.port,
            security: target.security,
            acceptUntrusted: target.acceptUntrustedCertificates,
            allowClearText: target.allowClearText,
            username: credentials.username,
            password: credentials.password,
            deadlines,
            log,
          })
        : openMaildirTarget({
            root: target.root,
            address: user.emailAddress,
            allowedRoots: [maildirRoot(target.root)],
            log,
          }),
  }
}

/** Users that were looked at before `signal`. */
export async function dryRun(
  { request, jobs, exclude }: Accepted,
  tell: Tell,
  signal: AbortSignal,
): Promise<DryRunUser[]> {
  const limits = {
    exclude,
    maxMessageBytes: request.maxMessageBytes,
    maxItems: request.maxItems,
  }
  const users = await mapConcurrently(jobs, request.concurrency, async (job) => {
    if (signal.aborted) return null
    tell({ kind: 'started', user: job.emailAddress })
    const user = await dryRunUser(job, limits, signal)
    tell({ kind: 'checked', user })
    return user
  })
  return users.filter((user) => user !== null)
}

export async function migrate(
  { request, csv, jobs, exclude }: Accepted,
  world: MigrateWorld,
  tell: Tell,
): Promise<MigrateResult> {
  const run = runName(world.startedAt)
  const reportFolder = request.reportFolder ?? join(world.reports, run)
  makeReportFolder(reportFolder)
  using skips = skippedCsv(reportFolder)
  const budget = new LiteralBudget()
  const hold = new Hold(systemClock)
  const { concurrency } = request
  // Two lanes for each user at work are always there; what users that are not there leave free, others may have.
  const spareLanes = new Turnstile(Math.max(2, 2 * Math.max(0, concurrency - Math.min(concurrency, jobs.length)) + 2))
  let peakRssBytes = process.memoryUsage.rss()
  let baseRssBytes = 0
  const watch = setInterval(() => {
    peakRssBytes = Math.max(peakRssBytes, process.memoryUsage.rss())
  }, 50)
  const users = await mapConcurrently(jobs, concurrency, async (job): Promise<MigrateUserResult> => {
    const result = await runUser(job, {
      budget,
      spareLanes,
      hold,
      clock: systemClock,
      options: {
        ...world.tuning,
        maxMessageBytes: request.maxMessageBytes,
        maxItems: request.maxItems,
        verify: request.verify,
        exclude,
      },
      stopping: world.stopping,
      aborting: world.aborting,
      openLedger: (identity, signal) => world.ledger.open(identity, signal),
      listSkipped: (each, ledger) => skips.add(each.emailAddress, ledger),
      seal: (each, ledger, passed, startedAt) =>
        sealWaybill(each, ledger as PostgresMailboxLedger, passed, {
          folder: reportFolder,
          run,
          signer: world.signer,
          startedAt,
          finishedAt: systemClock.now(),
        }),
      tell: (event) => {
        // A user's folders are known, none is opened: the first FETCH is next.
        if (event.kind === 'planned' && baseRssBytes === 0) baseRssBytes = process.memoryUsage.rss()
        tell(event)
      },
      log: world.log,
      startedAt: world.startedAt,
    })
    world.log.info('user finished', {
      user: result.emailAddress,
      status: result.status,
      code: result.error?.code ?? null,
    })
    tell({ kind: 'finished', user: result })
    return result
  })
  clearInterval(watch)
  const result: MigrateResult = {
    run,
    users,
    badRows: csv.badRows.map(({ rowNumber, message }) => ({ rowNumber, message })),
    warnings: csv.warnings,
    reportFolder,
    errorsCsv: null,
    skippedCsv: skips.path,
    transferSeconds: span(users),
    stopped: world.stopping.aborted,
    peakRssBytes,
    baseRssBytes: baseRssBytes || peakRssBytes,
  }
  return writeReports(result, csv)
}

/** From the first byte of any user to the last landing of any. */
function span(users: readonly MigrateUserResult[]): number {
  const sent = users.flatMap((user) => (user.firstByteAfterMs === null ? [] : [user]))
  if (sent.length === 0) return 0
  const first = Math.min(...sent.map(({ firstByteAfterMs }) => firstByteAfterMs!))
  const last = Math.max(
    ...sent.map(({ firstByteAfterMs, transferSeconds }) => firstByteAfterMs! + transferSeconds * 1000),
  )
  return (last - first) / 1000
}

/** `2026-11-21T030415Z-1a2b`: sorts by time, and two in one second differ. */
const runName = (at: number) =>
  `${new Date(at).toISOString().slice(0, 19).replaceAll(':', '')}Z-${crypto.randomUUID().slice(0, 4)}`

function makeReportFolder(path: string): void {
  try {
    makeFolders(path, 0o700)
  } catch (thrown) {
    throw new Fault({
      code: 'REPORT_FOLDER',
      scope: 'instance',
      transient: false,
      message: `The folder for reports, ${path}, cannot be made: ${(thrown as NodeJS.ErrnoException).code ?? String(thrown)}.`,
      remedy: 'Name another with --report.',
      cause: thrown,
    })
  }
}
