/** Turns what a pass left in the ledger into the next sealed waybill of the mailbox. */
import { basename } from 'node:path'
import { version } from '#base/version.ts'
import type { PassResult } from '#engine/sync-mailbox.ts'
import type { FolderRecord } from '#engine/ports.ts'
import type { PostgresMailboxLedger } from '#store/ledger/mailbox-ledger.ts'
import type { UnsealedGroup } from '#store/ledger/waybills.ts'
import { type WaybillFolder, writeWaybill } from '../waybill/write.ts'
import type { Signer } from '../waybill/signer.ts'
import type { UserJob } from './run-user.ts'

export interface SealTo {
  /** Folder of the run's reports. */
  readonly folder: string
  readonly run: string
  readonly signer: Signer
  readonly startedAt: number
  readonly finishedAt: number
}

/** Answers the path of the file. The ledger gives up the halves of the digests that the file now holds. */
export async function sealWaybill(
  job: UserJob,
  ledger: PostgresMailboxLedger,
  result: PassResult,
  to: SealTo,
): Promise<string> {
  const upTo = await ledger.sealPoint()
  const last = await ledger.lastWaybill()
  const records = await ledger.folders()
  const complete = result.failure === null && !result.stopped
  const folders = folderLines(ledger, records, result, upTo, complete)
  const sealed = await writeWaybill(
    to.folder,
    {
      header: {
        number: (last?.number ?? 0) + 1,
        emailAddress: job.emailAddress,
        source: job.identity.source,
        target: job.identity.target,
        run: to.run,
        started: new Date(to.startedAt).toISOString(),
        finished: new Date(to.finishedAt).toISOString(),
        tool: `waybill ${version}`,
        complete,
        previous: last && { file: last.name, chain: last.lastLine.toString('hex') },
      },
      folders,
    },
    to.signer,
  )
  await ledger.sealed(
    {
      name: basename(sealed.path),
      sha256: sealed.sha256,
      lastLine: sealed.chain,
      path: sealed.path,
      sealedBy: to.signer.fingerprint,
    },
    upTo,
  )
  return sealed.path
}

/** One pass over the ledger's groups, cut at the folders' borders; folders without news follow their order too. */
async function* folderLines(
  ledger: PostgresMailboxLedger,
  records: readonly FolderRecord[],
  result: PassResult,
  upTo: number,
  complete: boolean,
): AsyncGenerator<WaybillFolder> {
  const news = ledger.unsealed(upTo)[Symbol.asyncIterator]()
  let next = await news.next()
  /** Whoever reads a folder's groups moves the one stream on to the next folder. */
  async function* groupsOf(folder: string): AsyncGenerator<UnsealedGroup> {
    for (; !next.done && next.value.folder === folder; next = await news.next()) yield next.value
  }
  const reports = new Map(result.report.folders.map((report) => [report.record, report]))
  for (const record of records) {
    const report = reports.get(record.id)
    const landed = await ledger.landedCount(record.id)
    // A folder that the source no longer has, or whose numbers were replaced: only what is new in it is told.
    if (!report && (next.done || next.value.folder !== record.id)) continue
    const counts = { source: report?.source ?? 0, earlier: 0, excluded: 0, vanished: report?.vanished ?? 0, removed: 0 }
    const skips = await skipCount(ledger, record.id)
    counts.earlier = landed - (await ledger.unsealedCount(record.id, upTo))
    const explained = landed + skips + counts.vanished
    counts.removed = report?.removed ?? Math.max(0, explained - counts.source)
    if (!complete) counts.removed = Math.max(counts.removed, explained - counts.source)
    yield {
      source: record.sourcePath,
      target: record.targetPath,
      sourceValidity: record.sourceValidity,
      targetValidity: record.targetValidity,
      bytesKept: record.rewriting,
      excludedBy: null,
      counts,
      groups: groupsOf(record.id),
      skips: ledger.skipped(record.id),
    }
  }
  for (const { path, messages, pattern } of result.report.excluded) {
    yield {
      source: path,
      target: null,
      sourceValidity: 0,
      targetValidity: null,
      bytesKept: 'unknown',
      excludedBy: pattern,
      counts: { source: messages, earlier: 0, excluded: messages, vanished: 0, removed: 0 },
      groups: each([]),
      skips: each([]),
    }
  }
}

async function skipCount(ledger: PostgresMailboxLedger, folder: string): Promise<number> {
  let count = 0
  for await (const item of ledger.skipped(folder)) count += item ? 1 : 0
  return count
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}
