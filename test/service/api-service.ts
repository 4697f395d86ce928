/** The API on its real use cases and a PostgreSQL of its own, in this process: nothing migrates, and nobody is asked in. */
import { join } from 'node:path'
import { silentLog } from '#base/log.ts'
import { systemClock } from '#base/clock.ts'
import type { ApiOptions } from '#api/start-api.ts'
import { startApi } from '#api/start-api.ts'
import { listen } from '#jobs/listen.ts'
import { foldReads } from '#migration/audit/fold-reads.ts'
import { administration } from '#migration/administrator/administration.ts'
import { ensureLocalDatabase } from '#migration/database/ensure-local-database.ts'
import { serverRoots } from '#migration/database/maildir-path.ts'
import { type KeptAnswers, keptAnswers } from '#migration/kept-answers.ts'
import { tokenUseCases } from '#migration/organization/token-use-cases.ts'
import { useCases } from '#migration/use-cases.ts'
import { openSecrets } from '#store/secrets.ts'
import type { Store } from '#store/open.ts'
import { type Answer, type Asked, ask } from '#test/api/api-world.ts'
import { type LedgerWorld, ledgerWorld } from '#test/ledger-world.ts'
import { hastyTester, loopbackAllowed } from './use-case-world.ts'

export interface ApiService extends AsyncDisposable {
  readonly store: Store
  readonly world: LedgerWorld
  /** What it was started with, for a second way in. */
  readonly options: ApiOptions
  authenticate: ApiOptions['authenticate']
  /** As the local administrator, over the socket. */
  ask(method: string, path: string, asked?: Asked): Promise<Answer>
}

/** How long a request that died keeps its Idempotency-Key. */
export const LEASE_MS = 1_000

export async function apiService(
  options: Partial<ApiOptions> = {},
  aroundKept: (kept: KeptAnswers) => KeptAnswers = (kept) => kept,
): Promise<ApiService> {
  await using undo = new AsyncDisposableStack()
  const world = undo.use(await ledgerWorld())
  const { store } = world
  const secrets = await openSecrets(store)
  await ensureLocalDatabase(store, store.dataFolder.path)
  const listener = undo.use(listen(store, silentLog))
  const reads = undo.use(foldReads({ store, log: silentLog }))
  const tokens = tokenUseCases({ store })
  const administrators = administration({ store })
  const socketPath = join(store.dataFolder.path, 'run', 'api.sock')
  const started: ApiOptions = {
    useCases: useCases({
      store,
      secrets,
      clock: systemClock,
      listener,
      opening: { log: silentLog, outgoing: loopbackAllowed, deadlines: {} },
      outgoing: loopbackAllowed,
      publicUrl: null,
      allowedRoots: serverRoots(store.dataFolder.path),
      tester: hastyTester(),
      tokens,
      administrators,
      reads,
      reports: join(store.dataFolder.path, 'reports'),
    }),
    kept: aroundKept(keptAnswers({ store, secrets, log: silentLog }, LEASE_MS)),
    authenticate: tokens.authenticate,
    authenticateSession: administrators.sessions.authenticate,
    socketPath,
    listen: null,
    allowPlainHttp: false,
    log: silentLog,
    version: '1.2.3',
    checkAnswers: true,
    ...options,
  }
  undo.use(await startApi(started))
  const owned = undo.move()
  return {
    store,
    world,
    options: started,
    authenticate: tokens.authenticate,
    ask: (method, path, asked = {}) => ask(`http://waybill/api/v1${path}`, { socketPath, method, ...asked }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** The head of a request that uploads a CSV file. */
export const csv = (send: string): Asked => ({ send, headers: { 'content-type': 'text/csv' } })
