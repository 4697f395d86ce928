/** A ledger on an embedded PostgreSQL of its own, and messages to put into it. */
import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PoolClient } from 'pg'
import { silentLog } from '#base/log.ts'
import type { FolderRecord, Intent, Landed, LedgerGroup, MailboxIdentity } from '#engine/ports.ts'
import { NO_FLAGS } from '#mail/flags.ts'
import type { LedgerStore } from '#store/ledger/types.ts'
import { openStore, type Store } from '#store/open.ts'
import { startedBefore } from '#test/data-folder.ts'
import { removeFolder } from '#test/remove-folder.ts'

export interface LedgerWorld extends AsyncDisposable {
  readonly store: Store
  readonly folder: string
}

export async function ledgerWorld(): Promise<LedgerWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-ledger-'))
  await startedBefore(folder)
  const store = await openStore({ dataFolder: folder, log: silentLog })
  return {
    store,
    folder,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      removeFolder(folder)
    },
  }
}

interface Query {
  readonly name: string
  readonly text: string
  /** Sends it, over `client` when one is given. */
  send(client?: PoolClient): Promise<unknown>
}

/** The store, with `around` in place of each query that the ledger sends without a transaction. */
export function intercepted(store: Store, around: (query: Query) => Promise<unknown>): LedgerStore {
  const pool = new Proxy(store.pool, {
    get(target, key) {
      if (key !== 'query') return Reflect.get(target, key, target) as unknown
      return (...args: unknown[]) => {
        const [query] = args
        const field = (name: string): string =>
          typeof query === 'object' && query !== null ? String(Reflect.get(query, name) ?? '') : ''
        return around({
          name: field('name'),
          text: typeof query === 'string' ? query : field('text'),
          send: (client: PoolClient | typeof target = target) => Reflect.apply(client.query, client, args),
        })
      }
    },
  })
  return { pool, retrying: (task, options) => store.retrying(task, options) }
}

export const never = new AbortController().signal

let users = 0

/** Another mailbox at each call; sides may be given to share them. */
export function identity(sides: Partial<MailboxIdentity> = {}): MailboxIdentity {
  const user = `user${++users}`
  return {
    source: { host: 'imap.old.example', port: 993, userName: user, userRoot: '' },
    target: { kind: 'imap', place: 'imap.new.example:993', login: user },
    ...sides,
  }
}

export const folderRecord = (id: string, more: Partial<FolderRecord> = {}): FolderRecord => ({
  id,
  sourcePath: [id],
  targetPath: [id],
  sourceValidity: 1,
  targetValidity: 7,
  targetUidNext: 1,
  mark: null,
  again: [],
  rewriting: 'unknown',
  adopted: 'never',
  sourceMessages: null,
  ...more,
})

export const digestOf = (uid: number): Buffer => createHash('sha256').update(String(uid)).digest()

/** As a mailbox usually is: some kB, minutes apart, ascending UIDs on both sides. */
export const landed = (uid: number, more: Partial<Landed> = {}): Landed => ({
  uid,
  bytes: 2000 + ((uid * 7919) % 60_000),
  dateS: 1_500_000_000 + uid * 1800 + ((uid * 31) % 1700),
  flags: NO_FLAGS,
  digest: digestOf(uid),
  key: uid + 1000,
  origin: 'sent',
  lostFlags: [],
  ...more,
})

export const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at)

export const intentOf = (folder: string, uids: readonly number[], id: string = randomUUID()): Intent => ({
  id,
  folder,
  targetValidity: 7,
  probeFrom: 1,
  messages: uids.map((uid) => {
    const { bytes, dateS, flags, digest } = landed(uid)
    return { uid, bytes, dateS, flags, digest }
  }),
})

export const closingOf = (intent: Intent) => ({
  intent: intent.id,
  landed: intent.messages.map(({ uid }) => landed(uid)),
  reopened: [],
  skipped: [],
  resent: [],
})

export async function messagesIn(groups: AsyncIterable<LedgerGroup>): Promise<Landed[]> {
  const messages: Landed[] = []
  for await (const group of groups) messages.push(...group.messages)
  return messages
}
