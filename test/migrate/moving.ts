/**
 * Migrates inside the test's own process, with one store for a whole file: a pass takes a fraction of a second, and a
 * file of promises can make dozens of them. `run-waybill.ts` runs the command as a person does.
 */
import { join } from 'node:path'
import { silentLog } from '#base/log.ts'
import type { ImapEndpoint, MaildirPlace, MigrateRequest, MigrateResult, MigrateUserResult } from '#contract/migrate.ts'
import type { PassOptions } from '#engine/pass/options.ts'
import { acceptRequest, migrate } from '#migration/migrate/migrate.ts'
import type { Counts } from '#migration/waybill/format.ts'
import { verifyWaybill } from '#migration/waybill/verify.ts'
import { openWorld } from '#server/open-world.ts'
import { startedBefore } from '#test/data-folder.ts'
import { temporaryFolder, writeCsv } from './run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'

export const PASSWORD = 'pass'

/** One row of the CSV; names on both sides are `user` and the password is `PASSWORD` unless told otherwise. */
export interface Row {
  readonly address?: string
  readonly user: string
  readonly password?: string
  readonly userRoot?: string
  readonly targetUser?: string
  readonly targetPassword?: string
}

export interface Moving extends AsyncDisposable {
  readonly folder: string
  /** Where `maildir` targets go: `<root>/<address>`. */
  readonly maildirRoot: string
  /** One run of `waybill migrate` for these rows, its waybills checked; rejects for what the command would refuse. */
  run(
    rows: readonly (Row | string)[],
    from: { readonly port: number },
    to: { readonly port: number } | 'maildir',
    options?: Partial<MigrateRequest>,
  ): Promise<MigrateResult>
  /** The result of a single user, who must be synced. */
  sync(
    row: Row | string,
    from: { readonly port: number },
    to: { readonly port: number } | 'maildir',
    options?: Partial<MigrateRequest>,
  ): Promise<MigrateUserResult>
}

/** `u1` to `u<count>`, all with the same password. */
export function pool(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`u${index + 1}`, PASSWORD]))
}

export const login = ({ port }: { readonly port: number }, user: string, password = PASSWORD) => ({
  host: '127.0.0.1',
  port,
  user,
  password,
})

const endpoint = ({ port }: { readonly port: number }): ImapEndpoint => ({
  kind: 'imap',
  host: '127.0.0.1',
  port,
  security: 'none',
  acceptUntrustedCertificates: false,
  allowClearText: false,
})

/** The totals of a waybill; throws when its seal is broken or anything that the source held is not explained. */
export async function totalsOf(waybill: string): Promise<Counts> {
  const { ok, problems, totals } = await verifyWaybill(waybill, { trustEmbedded: true })
  if (!ok || totals === null) throw new Error(`waybill ${waybill}: ${JSON.stringify(problems)}`)
  return totals
}

/** Faults are retried at once and not for long, and nothing waits for a server to settle. */
const QUICK: Partial<PassOptions> = { settleMs: 0, retryMs: 20, mostFaults: 8 }

export async function startMoving(name: string, tuning: Partial<PassOptions> = QUICK): Promise<Moving> {
  const folder = temporaryFolder(name)
  await startedBefore(join(folder, 'data'))
  const moving = await openMoving(folder, tuning)
  return {
    ...moving,
    async [Symbol.asyncDispose]() {
      await moving[Symbol.asyncDispose]()
      removeFolder(folder)
    },
  }
}

/** On a data folder that stays, unless told otherwise `<folder>/data`, with its own database. */
export async function openMoving(
  folder: string,
  tuning: Partial<PassOptions> = QUICK,
  { dataFolder = join(folder, 'data'), databaseUrl = null as string | null } = {},
): Promise<Moving> {
  const world = await openWorld({
    dataFolder,
    databaseUrl,
    databasePasswordFile: null,
    logLevel: 'info',
    logTo: 'file',
  })
  const maildirRoot = join(folder, 'mail')
  const never = new AbortController().signal
  const run: Moving['run'] = async (rows, from, to, options = {}) => {
    const target: ImapEndpoint | MaildirPlace = to === 'maildir' ? { kind: 'maildir', root: maildirRoot } : endpoint(to)
    const cells = rows
      .map((row) => (typeof row === 'string' ? { user: row } : row))
      .map((row: Row) => {
        const { user, password = PASSWORD, userRoot = '', targetUser = user, targetPassword = PASSWORD } = row
        const address = row.address ?? (user.includes('@') ? user : `${user}@contoso.example`)
        return [address, user, password, userRoot, targetUser, targetPassword]
      })
    const header = ['EmailAddress', 'UserName', 'Password', 'UserRoot', 'TargetUserName', 'TargetPassword']
    const request: MigrateRequest = {
      csvPath: writeCsv(folder, cells, header),
      source: endpoint(from),
      target,
      targetLogin: null,
      targetAdmin: null,
      targetPasswordFile: null,
      allowUnknownColumns: false,
      dryRun: false,
      excludeFolders: [],
      maxMessageBytes: 35 * 1_048_576,
      maxItems: 500_000,
      concurrency: 4,
      verify: 'full',
      reportFolder: null,
      configFile: null,
      given: {},
      ...options,
    }
    const accepted = await acceptRequest(request, () => {}, silentLog)
    const result = await migrate(
      accepted,
      {
        ledger: world.ledger,
        signer: world.signer,
        reports: world.reports,
        log: world.log,
        stopping: never,
        aborting: never,
        startedAt: Date.now(),
        tuning,
      },
      () => {},
    )
    for (const { waybill } of result.users) if (waybill !== null) await totalsOf(waybill)
    return result
  }
  return {
    folder,
    maildirRoot,
    run,
    async sync(row, from, to, options) {
      const result = await run([row], from, to, options)
      const [user] = result.users
      if (user === undefined) throw new Error(`the row was refused: ${JSON.stringify(result.badRows)}`)
      if (user.status !== 'Synced') throw new Error(`${user.status}: ${JSON.stringify(user.error)}`)
      return user
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}
