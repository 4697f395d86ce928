/** Writes and seals one waybill in a single pass over what the ledger tells; memory does not grow with the mailbox. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault, bug } from '#base/fault.ts'
import type { SkipKind } from '#engine/ports/ledger.ts'
import type { DateS, TargetKey } from '#engine/ports/types.ts'
import { SEAL_TAIL_BYTES, TAIL_BYTES, chainStart, nextChain, sealTailOf, sealedText, tailOf } from './chain.ts'
import { waybillFileName } from './file-name.ts'
import { LONGEST_LINE_BYTES, NO_COUNTS, WAYBILL_VERSION, addCounts, imbalance, isExcluded } from './format.ts'
import type { Counts, FolderLine, HeaderLine, MessageLine, SkippedLine, WaybillLine } from './format.ts'
import { LineFile } from './line-file.ts'
import { isoOfSeconds, renderBody } from './lines.ts'
import type { Signer } from './signer.ts'
import { bounded } from './bounded.ts'

const SUBJECT_UNITS = 200
const REASON_UNITS = 500
const MOST_LOST = 200

/** As the engine's `Landed`; `digest` must hold all 32 bytes. */
export interface WaybillMessage {
  readonly uid: number
  readonly key: TargetKey | null
  readonly bytes: number
  readonly dateS: DateS
  readonly digest: Buffer
  /** SHA-256 of the canonical form where it is known and differs. */
  readonly canonical?: Buffer | null
  readonly origin: 'sent' | 'found' | 'adopted'
  readonly lostFlags: readonly string[]
}

/** As the engine's `Skipped`. */
export interface WaybillSkip {
  readonly uid: number
  readonly kind: SkipKind
  readonly bytes: number
  readonly dateS: DateS | null
  readonly subject: string
  readonly reason: string
  readonly again: boolean
}

export interface WaybillFolder extends Omit<FolderLine, 'kind' | 'folder'> {
  /** What only the pass knows; the rest is counted while writing. `excluded`: those without a skip of their own. */
  readonly counts: Pick<Counts, 'source' | 'earlier' | 'excluded' | 'vanished' | 'removed'>
  /** Read once, in order; `MailboxLedger.groups()` fits. */
  readonly groups: AsyncIterable<{ readonly messages: readonly WaybillMessage[] }>
  /** Read once, after the groups; `MailboxLedger.skipped()` fits. */
  readonly skips: AsyncIterable<WaybillSkip>
}

export interface WaybillInput {
  /** `number` is the lowest to use: a number whose file is there already is passed over. */
  readonly header: Omit<HeaderLine, 'kind' | 'version'>
  readonly folders: AsyncIterable<WaybillFolder> | Iterable<WaybillFolder>
}

export interface SealedWaybill {
  readonly path: string
  readonly file: string
  readonly number: number
  /** What the next waybill names as `previous.chain`, in hex. */
  readonly chain: Buffer
  /** Of the whole file. */
  readonly sha256: Buffer
  readonly lines: number
  readonly bytes: number
  readonly totals: Counts
}

/**
 * Writes `<folder>/<safe address>.<number>.waybill.jsonl` (0600), durable when it resolves; nothing is left behind
 * when it rejects. Throws Fault WAYBILL_NOT_WRITTEN for what the file system said, and a bug when the counts of a
 * complete waybill do not add up or a digest is not whole: a proof that is wrong is not written.
 */
export async function writeWaybill(
  folder: string,
  input: WaybillInput,
  signer: Signer,
  signal?: AbortSignal,
): Promise<SealedWaybill> {
  const number = await freeNumber(folder, input.header.emailAddress, input.header.number)
  const file = waybillFileName(input.header.emailAddress, number)
  const path = join(folder, file)
  let out: LineFile
  try {
    out = await LineFile.create(path)
  } catch (thrown) {
    throw notWritten(path, thrown)
  }
  await using _closed = out
  const writer = new ChainWriter(out, path)

  await writer.line(headerLine(input.header, number))
  let totals = NO_COUNTS
  let index = 0
  for await (const each of input.folders) {
    totals = addCounts(totals, await writeFolder(writer, each, index, input.header.complete, signal))
    index++
  }
  await writer.line({ kind: 'totals', folders: index, ...totals })
  const sha256 = await writer.seal(signer)
  return { path, file, number, chain: writer.chain, sha256, lines: writer.lines, bytes: out.bytes, totals }
}

async function writeFolder(
  writer: ChainWriter,
  folder: WaybillFolder,
  index: number,
  complete: boolean,
  signal: AbortSignal | undefined,
): Promise<Counts> {
  const { source, target, sourceValidity, targetValidity, bytesKept, excludedBy } = folder
  await writer.line({
    kind: 'folder',
    folder: index,
    source,
    target,
    sourceValidity,
    targetValidity,
    bytesKept,
    excludedBy,
  })
  const tally = { carried: 0, found: 0, adopted: 0, skipped: 0, excluded: folder.counts.excluded, bytes: 0 }
  for await (const { messages } of folder.groups) {
    signal?.throwIfAborted()
    for (const message of messages) {
      const line = messageLine(message, index)
      tally[line.outcome]++
      tally.bytes += line.bytes
      const wait = writer.line(line)
      if (wait) await wait
    }
  }
  for await (const skip of folder.skips) {
    signal?.throwIfAborted()
    tally[isExcluded(skip.kind) ? 'excluded' : 'skipped']++
    await writer.line(skippedLine(skip, index))
  }
  const { source: inSource, earlier, vanished, removed } = folder.counts
  const known: Counts = { ...NO_COUNTS, source: inSource, earlier, vanished, removed, ...tally }
  const unexplained = -imbalance(known)
  if (unexplained < 0 || (complete && unexplained > 0)) {
    const by = unexplained < 0 ? `${-unexplained} messages more than` : `${unexplained} messages fewer than`
    throw bug('WAYBILL_COUNTS', `the waybill would explain ${by} folder ${index} holds in the source`, {
      folder: index,
      ...known,
      unexplained,
    })
  }
  const counts: Counts = { ...known, unexplained }
  await writer.line({ kind: 'counts', folder: index, ...counts })
  return counts
}

function headerLine(header: WaybillInput['header'], number: number): HeaderLine {
  const { host, port, userName, userRoot } = header.source
  const { kind, place, login } = header.target
  return {
    // Member by member: what else a caller's objects hold (a password, say) must not get into a file.
    kind: 'waybill',
    version: WAYBILL_VERSION,
    number,
    emailAddress: header.emailAddress,
    source: { host, port, userName, userRoot },
    target: { kind, place, login },
    run: header.run,
    started: header.started,
    finished: header.finished,
    tool: header.tool,
    complete: header.complete,
    previous: header.previous && { file: header.previous.file, chain: header.previous.chain },
  }
}

function messageLine(message: WaybillMessage, folder: number): MessageLine {
  const { uid, key, bytes, digest, canonical, origin, lostFlags } = message
  if (digest.length !== 32) throw bug('WAYBILL_DIGEST', `UID ${uid} has a digest of ${digest.length} bytes`, { uid })
  const more = lostFlags.length - MOST_LOST
  return {
    kind: 'message',
    folder,
    uid,
    key,
    bytes,
    date: isoOfSeconds(message.dateS),
    sha256: digest.toString('hex'),
    canonical: canonical && !canonical.equals(digest) ? canonical.toString('hex') : null,
    outcome: origin === 'sent' ? 'carried' : origin,
    lost: more > 0 ? [...lostFlags.slice(0, MOST_LOST), `(and ${more} more)`] : lostFlags,
  }
}

function skippedLine(skip: WaybillSkip, folder: number): SkippedLine {
  return {
    kind: 'skipped',
    folder,
    uid: skip.uid,
    skip: skip.kind,
    bytes: skip.bytes,
    date: skip.dateS === null ? null : isoOfSeconds(skip.dateS),
    subject: bounded(skip.subject, SUBJECT_UNITS),
    reason: bounded(skip.reason, REASON_UNITS),
    again: skip.again,
  }
}

class ChainWriter {
  readonly #out: LineFile
  readonly #path: string
  chain = chainStart()
  lines = 0

  constructor(out: LineFile, path: string) {
    this.#out = out
    this.#path = path
  }

  /** Takes the line; a promise only when the disk must be waited for. */
  line(line: WaybillLine): Promise<void> | undefined {
    const body = renderBody(line)
    const buffer = this.#out.room(body.length * 3 + TAIL_BYTES + 1)
    if (buffer !== null) return this.#put(body, buffer)
    return this.#flush().then(() => this.#put(body, this.#out.room(body.length * 3 + TAIL_BYTES + 1)!))
  }

  #put(body: string, buffer: Buffer): undefined {
    const length = buffer.write(body)
    if (length + TAIL_BYTES > LONGEST_LINE_BYTES) {
      throw bug('WAYBILL_LINE', `line ${this.lines + 1} of ${this.#path} would be ${length} bytes long`)
    }
    this.chain = nextChain(this.chain, buffer.subarray(0, length))
    this.#out.filled(length + buffer.write(`${tailOf(this.chain)}\n`, length, 'latin1'))
    this.lines++
  }

  /** Writes the last line and gives the file its name. Answers its SHA-256. */
  async seal(signer: Signer): Promise<Buffer> {
    const { fingerprint, publicKeyPem: publicKey } = signer
    const body = renderBody({ kind: 'seal', algorithm: 'Ed25519', fingerprint, publicKey })
    await this.#flush()
    const buffer = this.#out.room(body.length + SEAL_TAIL_BYTES + 1)!
    this.chain = nextChain(this.chain, Buffer.from(body))
    const signature = signer.sign(sealedText(this.chain))
    this.#out.filled(buffer.write(`${body}${sealTailOf(this.chain, signature)}\n`, 'latin1'))
    this.lines++
    try {
      const sha256 = await this.#out.place()
      if (sha256 !== false) return sha256
    } catch (thrown) {
      throw notWritten(this.#path, thrown)
    }
    throw notWritten(this.#path, new Error('another process has written a file of this name meanwhile'))
  }

  async #flush(): Promise<void> {
    try {
      await this.#out.flush()
    } catch (thrown) {
      throw notWritten(this.#path, thrown)
    }
  }
}

/** The lowest number from `number` on whose file is not there: a sealed waybill is never replaced. */
async function freeNumber(folder: string, address: string, number: number): Promise<number> {
  try {
    const names = new Set(await readdir(folder))
    while (names.has(waybillFileName(address, number))) number++
    return number
  } catch (thrown) {
    throw notWritten(join(folder, waybillFileName(address, number)), thrown)
  }
}

function notWritten(path: string, thrown: unknown): Fault {
  const said = thrown instanceof Error ? thrown.message : String(thrown)
  return new Fault({
    code: 'WAYBILL_NOT_WRITTEN',
    scope: 'instance',
    transient: false,
    message: `the waybill ${path} could not be written: ${said}`,
    remedy: 'Make the folder writable and free space on its disk, then start it again.',
    facts: { path },
    cause: thrown,
  })
}
