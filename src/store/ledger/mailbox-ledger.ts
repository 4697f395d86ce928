/** One mailbox's records, under its lease: the engine's ledger on PostgreSQL (transfer-engine.md §2 and §3). */
import { createHash } from 'node:crypto'
import { bug } from '#base/fault.ts'
import { formatRuns, runsOf } from '#base/uid-set.ts'
import type {
  Closing,
  CutOff,
  FolderPath,
  FolderRecord,
  Intended,
  Intent,
  Landed,
  LedgerGroup,
  MailboxLedger,
  Runs,
  Skipped,
  TargetKey,
} from '#engine/ports.ts'
import type { IntentRow, Rows } from './commit-statement.ts'
import { Committer } from './committer.ts'
import { type Context, NO_ROWS } from './context.ts'
import { loadCutOff, writeCutOff } from './cut-off.ts'
import { loadFolders, writeFolders } from './folders.ts'
import { knownKeys } from './known-keys.ts'
import { type Acquired, HeldLease } from './lease.ts'
import { loadIntents } from './load-intents.ts'
import { onceEach, OpenUids, within } from './open-uids.ts'
import { packGroup, type PackedGroup } from './pack-group.ts'
import { packIntended } from './pack-intended.ts'
import { readGroups, readRuns } from './read-groups.ts'
import { countAudit, readResent } from './resent.ts'
import { forgetSkips, readSkips, skippedRow } from './skips.ts'
import type { LedgerSettings, LedgerStore } from './types.ts'
import { type Change, updateMessages } from './update-messages.ts'
import { lastWaybill, seal, type SealedWaybill, sealPoint, type StoredWaybill, type UnsealedGroup } from './waybills.ts'
import { unsealed, unsealedCount } from './waybills.ts'
import type { WordSets } from './word-sets.ts'

/** Larger landings are split: a group is what one read brings into memory. */
const MOST_IN_GROUP = 200

export class PostgresMailboxLedger implements MailboxLedger {
  readonly id: string
  readonly epoch: number
  readonly lease: HeldLease
  readonly #store: LedgerStore
  readonly #committer: Committer
  readonly #context: Context
  readonly #refs = new Map<string, number>()
  readonly #intents = new Map<string, Intent>()
  readonly #uids: OpenUids
  #cutOff: CutOff | null = null
  #updating: Promise<void> = Promise.resolve()
  #disposed: Promise<void> | null = null
  readonly #onDispose: () => void

  private constructor(
    acquired: Acquired,
    store: LedgerStore,
    settings: LedgerSettings,
    words: WordSets,
    onDispose: () => void,
  ) {
    this.id = acquired.mailboxId
    this.epoch = acquired.epoch
    this.#store = store
    this.#onDispose = onDispose
    this.lease = new HeldLease(acquired, store, settings)
    this.#committer = new Committer(store, acquired, this.lease, acquired.name)
    this.#context = {
      store,
      words,
      committer: this.#committer,
      mailboxId: this.id,
      epoch: this.epoch,
      refOf: (folder) => {
        const ref = this.#refs.get(folder)
        if (ref === undefined) throw bug('LEDGER_FOLDER', `folder ${folder} was used before it was saved`)
        return ref
      },
    }
    this.#uids = new OpenUids((folder) => readRuns(this.#context, this.#context.refOf(folder)))
  }

  /** Reads what the holder before left: folders and open intents. Gives the lease back when that fails. */
  static async load(
    acquired: Acquired,
    store: LedgerStore,
    settings: LedgerSettings,
    words: WordSets,
    onDispose: () => void,
  ): Promise<PostgresMailboxLedger> {
    const ledger = new PostgresMailboxLedger(acquired, store, settings, words, onDispose)
    try {
      const folders = await loadFolders(store, ledger.id, ledger.epoch)
      ledger.#cutOff = await loadCutOff(store, ledger.id)
      for (const { ref, record } of folders) ledger.#refs.set(record.id, ref)
      for (const { intent, ghost } of await loadIntents(ledger.#context, (folder) => ledger.#uids.landed(folder))) {
        if (ghost) await ledger.#committer.commit({ ...NO_ROWS, closed: [intent.id] })
        else {
          ledger.#intents.set(intent.id, intent)
          ledger.#uids.assign(intent.id, intent.folder, intent.messages)
        }
      }
      return ledger
    } catch (thrown) {
      await ledger[Symbol.asyncDispose]().catch(() => undefined)
      throw thrown
    }
  }

  get cutOff(): CutOff | null {
    return this.#cutOff
  }

  async saveCutOff(cutOff: CutOff): Promise<void> {
    await writeCutOff(this.#context, cutOff)
    this.#cutOff = cutOff
  }

  async folders(): Promise<FolderRecord[]> {
    return (await loadFolders(this.#store, this.id, this.epoch)).map(({ record }) => record)
  }

  async saveFolders(records: readonly FolderRecord[]): Promise<void> {
    // A statement may touch a row once: of two words about one folder the later stands.
    const last = [...new Map(records.map((record) => [record.id, record])).values()]
    if (last.length === 0) return
    await this.#committer.commit(async (client) => {
      const refs = await writeFolders(client, this.id, this.epoch, last)
      for (const [id, ref] of refs) this.#refs.set(id, ref)
    })
  }

  async intend(intent: Intent): Promise<void> {
    onceEach(intent.folder, intent.messages)
    await this.#uids.claim(intent.id, intent.folder, intent.messages)
    this.#intents.set(intent.id, intent)
    await this.#committer.commit({ ...NO_ROWS, opened: [await this.#intentRow(intent)] })
  }

  async close(closing: Closing): Promise<void> {
    const parent = this.#intents.get(closing.intent)
    if (!parent) throw bug('LEDGER_CLOSE', `intent ${closing.intent} was closed that is not open`)
    const { folder } = parent
    const { landed, reopened, resent } = closing
    const again = reopened.map(({ messages }) => messages)
    within(parent, landed, resent, ...again)
    onceEach(folder, landed, ...again)
    const foreign = reopened.find((intent) => intent.folder !== folder || this.#intents.has(intent.id))
    if (foreign) throw bug('LEDGER_CLOSE', `intent ${foreign.id} cannot take over messages of ${parent.id}`)
    const folderRef = this.#context.refOf(folder)
    const words = await this.#context.words.learn(resent.map(({ flags }) => flags.keywords))
    const rows: Rows = {
      opened: await Promise.all(reopened.map((intent) => this.#intentRow(intent))),
      closed: [parent.id],
      groups: await this.#packed(folder, ['intent', parent.id], landed),
      skipped: closing.skipped.map((item) => skippedRow(this.#context, item)),
      resent: resent.map((message) => ({ folderRef, uid: message.uid, packed: packIntended([message], words) })),
    }
    await this.#commitLanding(folder, rows)
    this.#intents.delete(parent.id)
    await this.#uids.land(folder, landed)
    this.#uids.release(parent.id, folder, parent.messages)
    for (const intent of reopened) {
      this.#intents.set(intent.id, intent)
      this.#uids.assign(intent.id, folder, intent.messages)
    }
  }

  async adopt(folder: string, landed: readonly Landed[]): Promise<void> {
    if (landed.length === 0) return
    onceEach(folder, landed)
    const owner = 'an adoption'
    await this.#uids.claim(owner, folder, landed)
    try {
      await this.#commitLanding(folder, { ...NO_ROWS, groups: await this.#packed(folder, [owner], landed) })
      await this.#uids.land(folder, landed)
    } finally {
      this.#uids.release(owner, folder, landed)
    }
  }

  async skip(items: readonly Skipped[]): Promise<void> {
    if (items.length === 0) return
    const skipped = new Map(items.map((item) => [`${item.folder} ${item.uid}`, skippedRow(this.#context, item)]))
    await this.#committer.commit({ ...NO_ROWS, skipped: [...skipped.values()] })
  }

  async unskip(folder: string, uids: Runs): Promise<void> {
    if (uids.length > 0) await forgetSkips(this.#context, folder, uids)
  }

  openIntents(): Promise<Intent[]> {
    return Promise.resolve([...this.#intents.values()])
  }

  async landedUids(folder: string): Promise<Runs> {
    return (await this.#uids.landed(folder)).runs()
  }

  async landedCount(folder: string): Promise<number> {
    return (await this.#uids.landed(folder)).count
  }

  knownKeys(targetPath: FolderPath, from: number, whose: 'anyone' | 'ours' = 'anyone'): Promise<Set<TargetKey>> {
    return knownKeys(this.#context, targetPath, from, whose)
  }

  groups(folder: string, uids: Runs | null): AsyncIterable<LedgerGroup> {
    return readGroups(this.#context, this.#context.refOf(folder), folder, uids)
  }

  update(folder: string, changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return Promise.resolve()
    const updated = this.#updating.then(() => updateMessages(this.#context, folder, changes))
    this.#updating = updated.catch(() => undefined)
    return updated
  }

  skipped(folder: string | null): AsyncIterable<Skipped> {
    return readSkips(this.#context, folder)
  }

  resentIn(folder: string): Promise<Intended[]> {
    return readResent(this.#context, folder)
  }

  async auditDone(folder: string, uids: Runs): Promise<void> {
    if (uids.length > 0) await countAudit(this.#context, folder, uids)
  }

  /** Everything that landed so far: give it to `unsealed` and to `sealed`. */
  sealPoint(): Promise<number> {
    return sealPoint(this.#context)
  }

  /**
   * Groups with all 32 bytes of their digests that no waybill holds yet and that landed up to the seal point, by
   * folder in the order in which the folders were made, then by lowest UID. Groups interleave: to have lines in
   * strict UID order, sort within a folder.
   */
  async *unsealed(upTo?: number): AsyncGenerator<UnsealedGroup> {
    const folders = await loadFolders(this.#store, this.id, this.epoch)
    const paths = folders.map(({ ref, record }) => ({ ref, id: record.id, path: record.sourcePath }))
    yield* unsealed(this.#context, paths, upTo ?? (await this.sealPoint()))
  }

  unsealedCount(folder: string, upTo: number): Promise<number> {
    return unsealedCount(this.#context, folder, upTo)
  }

  /** Records the sealed file and drops from the ledger what it now holds, in one commit; repeatable by name. */
  sealed(waybill: SealedWaybill, upTo: number): Promise<void> {
    return seal(this.#context, waybill, upTo)
  }

  lastWaybill(): Promise<StoredWaybill | null> {
    return lastWaybill(this.#context)
  }

  /** Lets commits under way finish, then gives the lease back. Open intents make it an unclean end. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#close()
    return this.#disposed
  }

  async #close(): Promise<void> {
    try {
      await this.#updating
      await this.#committer.close()
      await this.lease.release(this.#intents.size > 0)
    } finally {
      this.#onDispose()
    }
  }

  async #intentRow(intent: Intent): Promise<IntentRow> {
    const words = await this.#context.words.learn(intent.messages.map(({ flags }) => flags.keywords))
    return {
      id: intent.id,
      folderRef: this.#context.refOf(intent.folder),
      targetValidity: intent.targetValidity,
      probeFrom: intent.probeFrom,
      packed: packIntended(intent.messages, words),
    }
  }

  /** Ids follow from what is landed, so that the same landing committed again meets itself. */
  async #packed(folder: string, from: readonly string[], landed: readonly Landed[]): Promise<PackedGroup[]> {
    const words = await this.#context.words.learn(landed.flatMap(({ flags, lostFlags }) => [flags.keywords, lostFlags]))
    const folderRef = this.#context.refOf(folder)
    const sorted = [...landed].sort((a, b) => a.uid - b.uid)
    const parts = Math.ceil(sorted.length / MOST_IN_GROUP)
    const each = Math.ceil(sorted.length / Math.max(1, parts))
    return Array.from({ length: parts }, (_, part) => {
      const messages = sorted.slice(part * each, (part + 1) * each)
      const uids = formatRuns(runsOf(messages.map(({ uid }) => uid)))
      const id = createHash('sha256').update(JSON.stringify([this.id, folder, ...from, uids]))
      return packGroup(uuidOf(id.digest()), folderRef, messages, words)
    })
  }

  async #commitLanding(folder: string, rows: Rows): Promise<void> {
    try {
      await this.#committer.commit(rows)
    } catch (thrown) {
      this.#uids.forget(folder)
      throw thrown
    }
  }
}

/** RFC 9562 §5.8: a UUID of version 8, its other bits from a hash. */
function uuidOf(hash: Buffer): string {
  const bytes = Buffer.from(hash.subarray(0, 16))
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
