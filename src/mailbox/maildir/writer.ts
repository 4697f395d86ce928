/**
 * Appends to a Maildir: write to tmp, fsync, link into cur, fsync of cur; where the name is there already, that is
 * success (transfer-engine.md §2). A kill at any point leaves whole messages in cur and scraps in tmp, which nobody
 * shows.
 */
import { fsync, linkSync, lstatSync, readdirSync, rmSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Turnstile } from '#base/turnstile.ts'
import { NO_FLAGS } from '#mail/flags.ts'
import type { Fault, Gate, Outcome, Outgoing, TargetFolder, TargetWriter } from '#engine/ports.ts'
import { errno, leaseLost, maildirFault } from './faults.ts'
import { baseName, joinName, sizeFields, writeLetters } from './file-name.ts'
import { type FolderHandles, at } from './folder-handles.ts'
import { type KeywordTable, ensureKeywords } from './keywords.ts'
import type { MailboxPlace } from './mailbox-place.ts'
import { type Staged, TMP_PREFIX, isBuffered, stageMessage } from './stage-message.ts'

const fsyncAsync = promisify(fsync)

/** A scrap in tmp that nobody wrote to for so long belongs to a run that was killed. */
const SCRAP_AGE_MS = 15 * 60_000

/** `landed` of a Maildir says which keywords found no letter: a folder has 26 (architecture.md §4). */
export type MaildirOutcome =
  | (Extract<Outcome, { kind: 'landed' }> & { readonly lostFlags: readonly string[] })
  | Exclude<Outcome, { kind: 'landed' }>

type Prepared = { kind: 'staged'; staged: Staged } | { kind: 'present' } | { kind: 'failed'; cause: Fault }

/** Names in tmp are never used twice: a frozen writer that wakes must not link what another is writing. */
const tmpRun = `${TMP_PREFIX}${process.pid}.${crypto.randomUUID()}`
let tmpCount = 0

export class MaildirWriter implements TargetWriter {
  #alive = true
  readonly #place: MailboxPlace
  readonly #inFlight: Turnstile
  /** Groups are linked in the order of the calls. */
  #linking: Promise<void> = Promise.resolve()
  readonly #open = new Set<Promise<unknown>>()

  /** @param inFlight how many messages are written at once, over all writers of the target */
  constructor(place: MailboxPlace, inFlight: Turnstile) {
    this.#place = place
    this.#inFlight = inFlight
  }

  get alive(): boolean {
    return this.#alive
  }

  append(
    folder: TargetFolder,
    group: readonly Outgoing[],
    gate: Gate,
    flushed: (bytes: number) => void,
  ): Promise<MaildirOutcome[]> {
    const { promise: linked, resolve: pass } = Promise.withResolvers<void>()
    const before = this.#linking
    this.#linking = linked
    const done = this.#append(folder, group, gate, flushed, before, pass).finally(() => {
      pass()
      this.#open.delete(done)
    })
    this.#open.add(done)
    return done
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#alive = false
    await Promise.all(this.#open)
  }

  async #append(
    folder: TargetFolder,
    group: readonly Outgoing[],
    gate: Gate,
    flushed: (bytes: number) => void,
    before: Promise<void>,
    pass: () => void,
  ): Promise<MaildirOutcome[]> {
    let unflushed = group.reduce((sum, { bytes }) => sum + bytes, 0)
    const flush = (bytes: number) => {
      unflushed -= bytes
      flushed(bytes)
    }
    const place = this.#place.pathOf(folder.raw)
    try {
      using handles = this.#place.folder(folder.raw, true)
      if (this.#place.firstTouch(folder.raw)) sweep(handles)
      const wanted = new Set(group.flatMap(({ flags }) => flags.keywords))
      const keywords = wanted.size > 0 ? await ensureKeywords(handles.dir, this.#place.owner, [...wanted]) : []
      const prepared = await this.#prepare(folder.raw, handles, group, flush)
      await before
      const outcomes = this.#link(folder.raw, handles, group, prepared, keywords, gate)
      pass()
      return await this.#sync(folder.raw, handles, outcomes)
    } catch (thrown) {
      const cause = maildirFault(thrown, 'writing to', place)
      return group.map(() => ({ kind: 'unsent', cause }))
    } finally {
      if (unflushed > 0) flushed(unflushed)
    }
  }

  /** After one that failed no more are begun: what failed it (a full disk) fails the others too. */
  async #prepare(
    name: string,
    handles: FolderHandles,
    group: readonly Outgoing[],
    flush: (bytes: number) => void,
  ): Promise<Prepared[]> {
    const index = await this.#place.indexOf(name).known(handles)
    let failed: Fault | null = null
    return Promise.all(
      group.map(async (message): Promise<Prepared> => {
        await this.#inFlight.take(1)
        try {
          if (failed) return { kind: 'failed', cause: failed }
          if (index.get(message.name)) {
            await readToEnd(message)
            return { kind: 'present' }
          }
          const tmp = `${tmpRun}.${tmpCount++}`
          return { kind: 'staged', staged: await stageMessage(handles, this.#place.owner, tmp, message, flush) }
        } catch (thrown) {
          failed = maildirFault(thrown, 'writing a message to', this.#place.pathOf(name))
          return { kind: 'failed', cause: failed }
        } finally {
          this.#inFlight.give(1)
        }
      }),
    )
  }

  /** Synchronous: between the gate's answer and the link nothing else may happen (transfer-engine.md §3.4). */
  #link(
    name: string,
    handles: FolderHandles,
    group: readonly Outgoing[],
    prepared: readonly Prepared[],
    keywords: KeywordTable,
    gate: Gate,
  ): MaildirOutcome[] {
    const place = this.#place.pathOf(name)
    return group.map((message, position): MaildirOutcome => {
      const one = prepared[position]!
      if (one.kind === 'failed') return { kind: 'unsent', cause: one.cause }
      const { lost, flags } = fit(message, keywords)
      const landed: MaildirOutcome = { kind: 'landed', key: message.name, lostFlags: lost }
      if (one.kind === 'present') return landed
      const { tmp, crlfBytes, keptDateS } = one.staged
      const file = joinName({
        base: baseName(message.uid, message.name),
        fields: sizeFields(message.bytes, crlfBytes),
        letters: writeLetters(flags, keywords),
      })
      try {
        this.#alive &&= gate()
        if (!this.#alive) return { kind: 'unsent', cause: leaseLost(place) }
        linkSync(at(handles.tmp, tmp), at(handles.cur, file))
      } catch (thrown) {
        if (errno(thrown) !== 'EEXIST')
          return { kind: 'unsent', cause: maildirFault(thrown, 'linking a message into', place) }
      } finally {
        rmSync(at(handles.tmp, tmp), { force: true })
      }
      this.#place.indexOf(name).enter(file)
      if (lost.length > 0)
        this.#place.log.warn('keywords without a free letter', { folder: place, uid: message.uid, count: lost.length })
      if (keptDateS !== message.dateS) {
        this.#place.log.warn('date outside what the file system keeps', {
          folder: place,
          uid: message.uid,
          asked: message.dateS,
          kept: keptDateS,
        })
      }
      return landed
    })
  }

  /** Names are durable only with their folder; when that fails, what is there after a power cut is anyone's guess. */
  async #sync(name: string, handles: FolderHandles, outcomes: MaildirOutcome[]): Promise<MaildirOutcome[]> {
    if (outcomes.every(({ kind }) => kind !== 'landed')) return outcomes
    try {
      await fsyncAsync(handles.cur)
      return outcomes
    } catch (thrown) {
      this.#place.indexOf(name).forget()
      const cause = maildirFault(thrown, 'syncing', this.#place.pathOf(name))
      return outcomes.map((outcome) => (outcome.kind === 'landed' ? { kind: 'unknown', cause } : outcome))
    }
  }
}

function fit(message: Outgoing, keywords: KeywordTable) {
  if (message.flags.keywords.length === 0) return { flags: message.flags, lost: NO_FLAGS.keywords }
  const known = new Set(keywords.map((one) => one?.toLowerCase()))
  return { flags: message.flags, lost: message.flags.keywords.filter((one) => !known.has(one.toLowerCase())) }
}

/** The source's literal has to be read in any case, and whoever passes it through digests it. */
async function readToEnd({ body }: Outgoing): Promise<void> {
  if (!isBuffered(body)) for await (const _ of body);
}

function sweep(handles: FolderHandles): void {
  for (const file of readdirSync(at(handles.tmp, ''))) {
    if (!file.startsWith(TMP_PREFIX) || file.startsWith(tmpRun)) continue
    const status = lstatSync(at(handles.tmp, file), { throwIfNoEntry: false })
    // By ctime: mtime is the message's own date.
    if (status && Date.now() - status.ctimeMs > SCRAP_AGE_MS) rmSync(at(handles.tmp, file), { force: true })
  }
}
