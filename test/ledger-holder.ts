/** A process that holds a mailbox until it is killed, and writes when told: see ledger-lease.test.ts. */
import { Pool, type PoolConfig } from 'pg'
import { Fault } from '#base/fault.ts'
import type { MailboxIdentity } from '#engine/ports.ts'
import { openLedger } from '#store/ledger/open-ledger.ts'
import type { LedgerOptions, LedgerStore } from '#store/ledger/types.ts'
import { folderRecord, intentOf, never } from './ledger-world.ts'

export interface Start {
  readonly database: PoolConfig
  readonly identity: MailboxIdentity
  readonly options: LedgerOptions
}

const say = (message: unknown): void => void process.send!(message)
const nextMessage = <T>(): Promise<T> =>
  new Promise((resolve) => process.once('message', (message: T) => resolve(message)))

const { database, identity, options } = await nextMessage<Start>()
const pool = new Pool(database)
const store: LedgerStore = { pool, retrying: (task) => task() }
const ledger = await openLedger(store, options).open(identity, never)
await ledger.saveFolders([folderRecord('INBOX')])
await ledger.intend(intentOf('INBOX', [1, 2]))
ledger.lease.lost.addEventListener('abort', () => say({ lost: true }))
say({ fence: ledger.lease.fence, holds: ledger.lease.holds() })
for (;;) {
  await nextMessage()
  const holds = ledger.lease.holds()
  const code = await ledger.intend(intentOf('INBOX', [3])).then(
    () => 'written',
    (thrown: unknown) => (thrown instanceof Fault ? thrown.code : String(thrown)),
  )
  say({ holds, code })
}
