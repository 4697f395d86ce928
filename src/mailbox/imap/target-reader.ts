/** The connection that looks: recovery, adoption, audit, flags, verification. */
import { runsOf } from '#base/uid-set.ts'
import { expungeOne } from '#imap/expunge.ts'
import { fetchBody } from '#imap/fetch-bodies.ts'
import { fetchHeader } from '#imap/fetch-header.ts'
import { fetchFlags } from '#imap/fetch-flags.ts'
import { fetchList } from '#imap/fetch-list.ts'
import type { Lane } from '#imap/lane.ts'
import { openFolder } from '#imap/open-folder.ts'
import { storeFlags } from '#imap/store-flags.ts'
import type { FolderStatus, TargetFolder, TargetKey, TargetMessage, TargetReader } from '#engine/ports.ts'
import { parseInternalDate } from '#mail/dates.ts'
import { ALL_PERMANENT, flagAtoms, type Flags, type PermanentFlags, readFlags } from '#mail/flags.ts'

export class ImapTargetReader implements TargetReader {
  readonly #lane: Lane
  #what = 'No folder'

  constructor(lane: Lane) {
    this.#lane = lane
  }

  async open(folder: TargetFolder): Promise<FolderStatus & { readonly permanent: PermanentFlags }> {
    this.#what = `Folder ${folder.path.join('/')} of ${this.#lane.peer.username}`
    const opened = await openFolder(this.#lane, this.#what, folder.raw, false)
    const { uidNext, messages, modseq, permanentFlags } = opened
    // Numbers that are forgotten between sessions address nothing.
    const validity = opened.uidNotSticky ? 0 : opened.validity
    return {
      validity,
      uidNext,
      messages,
      modseq,
      permanent: permanentFlags ? permanentOf(permanentFlags) : ALL_PERMANENT,
    }
  }

  async *list(from: number): AsyncGenerator<readonly TargetMessage[]> {
    await this.#refresh()
    for await (const batch of fetchList(this.#lane, this.#what, { from, to: null }, null, null)) {
      yield batch.map(({ uid, bytes, date, flags }) => ({
        key: uid,
        bytes,
        dateS: parseInternalDate(date) ?? 0,
        flags: readFlags(flags).flags,
      }))
    }
  }

  async read(key: TargetKey): Promise<AsyncIterable<Buffer> | null> {
    const body = await this.#read(key)
    if (body) return body
    await this.#refresh()
    return this.#read(key)
  }

  async #read(key: TargetKey): Promise<AsyncIterable<Buffer> | null> {
    const uid = uidOf(key)
    const messages = fetchBody(this.#lane, this.#what, uid)[Symbol.asyncIterator]()
    const first = await messages.next()
    if (first.done || first.value.body === null) return null
    return untilTheEnd(first.value.body, messages)
  }

  async header(key: TargetKey, most: number): Promise<Buffer | null> {
    const header = await fetchHeader(this.#lane, this.#what, uidOf(key), most)
    if (header) return header
    await this.#refresh()
    return fetchHeader(this.#lane, this.#what, uidOf(key), most)
  }

  async flags(keys: readonly TargetKey[]): Promise<Map<TargetKey, Flags>> {
    await this.#refresh()
    const found = await fetchFlags(this.#lane, this.#what, runsOf(keys.map(uidOf)))
    return new Map([...found].map(([uid, atoms]) => [uid, readFlags(atoms).flags]))
  }

  async change(changes: readonly { key: TargetKey; add: Flags; remove: Flags }[]): Promise<void> {
    const stores = new Map<string, { sign: '+' | '-'; atoms: readonly string[]; uids: number[] }>()
    for (const { key, add, remove } of changes) {
      for (const [sign, flags] of [
        ['-', remove],
        ['+', add],
      ] as const) {
        const atoms = flagAtoms(flags)
        if (atoms.length === 0) continue
        const name = `${sign}${atoms.join(' ')}`
        const store = stores.get(name) ?? { sign, atoms, uids: [] }
        stores.set(name, store)
        store.uids.push(uidOf(key))
      }
    }
    const all = [...stores.values()].flatMap(({ sign, atoms, uids }) => {
      const runs = runsOf(uids)
      const parts = []
      for (let at = 0; at < runs.length; at += 180) parts.push({ sign, atoms, runs: runs.slice(at, at + 180) })
      return parts
    })
    await Promise.all(all.map(({ sign, atoms, runs }) => storeFlags(this.#lane, this.#what, runs, sign, atoms)))
  }

  remove(key: TargetKey): Promise<boolean> {
    return expungeOne(this.#lane, this.#what, uidOf(key))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#lane.close()
  }

  /**
   * Servers show what others appended or removed only at certain commands. Its answer is awaited: Dovecot puts a
   * NOOP off while another command follows it.
   */
  async #refresh(): Promise<void> {
    await this.#lane.ask(['NOOP'])
  }
}

function uidOf(key: TargetKey): number {
  if (typeof key !== 'number' || !Number.isSafeInteger(key) || key < 1) throw new TypeError(`not a UID: ${String(key)}`)
  return key
}

function permanentOf(atoms: readonly string[]): PermanentFlags {
  const { flags } = readFlags(atoms.filter((atom) => atom !== '\\*'))
  return { system: flags.system, anyKeyword: atoms.includes('\\*'), keywords: flags.keywords }
}

async function* untilTheEnd(body: AsyncIterable<Buffer>, messages: AsyncIterator<unknown>): AsyncGenerator<Buffer> {
  yield* body
  await messages.next()
}
