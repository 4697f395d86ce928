/** A source that is filled once, targets with a fresh user for every case, and the command that is killed between them. */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { MigrateUserResult } from '#contract/migrate.ts'
import { startedBefore } from '#test/data-folder.ts'
import { startDovecot } from '#test/servers/dovecot.ts'
import type { DovecotServer } from '#test/servers/dovecot.ts'
import { startSmallImap } from '#test/servers/small-imap/server.ts'
import { compare } from '#test/worlds/compare.ts'
import { fill } from '#test/worlds/fill.ts'
import { plantMaildir, readMaildir } from '#test/worlds/maildir-files.ts'
import type { Login } from '#test/worlds/plain-imap.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import type { Snapshot } from '#test/worlds/snapshot.ts'
import { resultOf, startWaybill, temporaryFolder, writeCsv } from '#test/migrate/run-waybill.ts'
import { type Moving, openMoving } from '#test/migrate/moving.ts'
import { type Database, startDatabase } from '#test/shared-database.ts'
import type { Ended, Running } from '#test/migrate/run-waybill.ts'
import { alreadyThere, crashMail } from './mail.ts'
import { removeFolder } from '#test/remove-folder.ts'

/**
 * `imap`: all that Dovecot has. `imap-plain`: a Dovecot that tells neither UIDPLUS, MULTIAPPEND nor LITERAL+.
 * `imap-bare`: our own small server, which really has neither, so that no answer holds a UID.
 */
export const targetKinds = ['imap', 'imap-plain', 'imap-bare', 'maildir'] as const
export type TargetKind = (typeof targetKinds)[number]

export interface CrashUser {
  readonly kind: TargetKind
  readonly name: string
  readonly address: string
  readonly csv: string
}

export interface RunOptions {
  /** WAYBILL_CRASH. */
  readonly crash?: string
  readonly tuning?: Readonly<Record<string, number>>
  /** Default: the one of the world. */
  readonly dataFolder?: string
  readonly databaseUrl?: string
}

const PASSWORD = 'pass'
const MOST_USERS = 600
const LONGEST_MS = 60_000

/** The lease of a run that shall die is short, for the next one has to wait for its end. */
const SHORT_LEASE_MS = 1_500
const TUNING = { settleMs: 0, retryMs: 50, groupMessages: 20, lanes: 2, mostLanes: 3 }

export interface CrashWorldOptions {
  readonly kinds: readonly TargetKind[]
  readonly seed?: number
}

export class CrashWorld implements AsyncDisposable {
  readonly folder = temporaryFolder('crash')
  readonly dataFolder = join(this.folder, 'data')
  readonly mail: ReturnType<typeof crashMail>
  readonly #kinds: readonly TargetKind[]
  readonly #stack = new AsyncDisposableStack()
  readonly #ports = new Map<TargetKind, number>()
  readonly #dovecots = new Map<TargetKind, DovecotServer>()
  readonly #running = new Set<Running>()
  #shared: { readonly databaseUrl: string; readonly moving: Moving } | null = null
  #users = 0
  source!: DovecotServer
  before!: Snapshot

  static async start(options: CrashWorldOptions): Promise<CrashWorld> {
    const world = new CrashWorld(options)
    try {
      await world.#start()
      return world
    } catch (thrown) {
      await world[Symbol.asyncDispose]()
      throw thrown
    }
  }

  private constructor({ kinds, seed = 1 }: CrashWorldOptions) {
    this.#kinds = kinds
    this.mail = crashMail(seed)
    this.#stack.defer(() => removeFolder(this.folder))
  }

  async #start(): Promise<void> {
    await startedBefore(this.dataFolder)
    this.source = this.#stack.use(await startDovecot({ users: { s: PASSWORD } }))
    await fill(this.sourceLogin, this.mail)
    this.before = await snapshot(this.sourceLogin)
    for (const kind of this.#kinds) await this.#startTarget(kind)
  }

  async #startTarget(kind: TargetKind): Promise<void> {
    const names = Array.from({ length: MOST_USERS }, (_, i) => `u${i}`)
    if (kind === 'maildir') {
      mkdirSync(join(this.folder, 'mail'), { mode: 0o711 })
      return
    }
    if (kind === 'imap-bare') {
      const users = Object.fromEntries(names.map((name) => [name, { password: PASSWORD }]))
      const server = this.#stack.use(await startSmallImap({ users, without: ['UIDPLUS', 'MULTIAPPEND'] }))
      this.#ports.set(kind, server.port)
      return
    }
    const server = this.#stack.use(
      await startDovecot({
        users: Object.fromEntries(names.map((name) => [name, PASSWORD])),
        hide: kind === 'imap-plain' ? ['UIDPLUS', 'MULTIAPPEND', 'LITERAL+'] : [],
        processEach: true,
      }),
    )
    this.#ports.set(kind, server.port)
    this.#dovecots.set(kind, server)
  }

  /**
   * From now on, until `alone`, runs have one database, which stays up, and those that nobody kills happen in this
   * process. A sample is made of that; the matrix starts the command, with its own database, every time.
   */
  async share(): Promise<Database> {
    const database = this.#stack.use(await startDatabase(this.folder))
    const databaseUrl = database.url
    const own = { dataFolder: join(this.folder, 'this-process'), databaseUrl }
    // As `start` tells the command: how long nothing lands after a kill is the ledger's, not the pass's.
    process.env['WAYBILL_TUNING'] = JSON.stringify(TUNING)
    try {
      this.#shared = { databaseUrl, moving: await openMoving(this.folder, TUNING, own) }
    } finally {
      delete process.env['WAYBILL_TUNING']
    }
    return database
  }

  async alone(): Promise<void> {
    await this.#shared?.moving[Symbol.asyncDispose]()
    this.#shared = null
  }

  /** The Dovecot behind a kind of target. */
  dovecot(kind: TargetKind): DovecotServer {
    const server = this.#dovecots.get(kind)
    assert.ok(server, `${kind} has no Dovecot`)
    return server
  }

  /** How many messages are in the target, all folders together. */
  async countInTarget(user: CrashUser): Promise<number> {
    return [...(await this.targetSnapshot(user)).folders.values()].flat().length
  }

  get sourceLogin(): Login {
    return { host: '127.0.0.1', port: this.source.port, user: 's', password: PASSWORD }
  }

  /** A mailbox that no case has seen, with some of the mail in it already. */
  async user(kind: TargetKind): Promise<CrashUser> {
    const name = `u${this.#users++}`
    const address = `${name}@crash.example`
    const folder = join(this.folder, name)
    mkdirSync(folder)
    const csv = writeCsv(
      folder,
      [[address, 's', PASSWORD, ...(kind === 'maildir' ? [] : [name, PASSWORD])]],
      ['EmailAddress', 'UserName', 'Password', ...(kind === 'maildir' ? [] : ['TargetUserName', 'TargetPassword'])],
    )
    const user = { kind, name, address, csv }
    if (kind === 'maildir') {
      mkdirSync(this.#maildir(user), { mode: 0o700 })
      plantMaildir(this.#maildir(user), alreadyThere(this.mail))
    } else await fill(this.#login(user), alreadyThere(this.mail))
    return user
  }

  #maildir(user: CrashUser): string {
    return join(this.folder, 'mail', user.address)
  }

  #login(user: CrashUser): Login {
    return { host: '127.0.0.1', port: this.#ports.get(user.kind)!, user: user.name, password: PASSWORD }
  }

  start(user: CrashUser, options: RunOptions = {}): Running {
    const target =
      user.kind === 'maildir' ? `maildir:${this.folder}/mail` : `imap://127.0.0.1:${this.#login(user).port}`
    const lease = options.crash === undefined ? {} : { leaseMs: SHORT_LEASE_MS }
    const databaseUrl = options.databaseUrl ?? this.#shared?.databaseUrl
    const dataFolder = options.dataFolder ?? (this.#shared ? join(this.folder, 'processes') : this.dataFolder)
    const running = startWaybill(
      [
        ['migrate', user.csv, '--json', '--verify', 'none', '--data', dataFolder],
        ['--source', `imap://127.0.0.1:${this.source.port}`, '--source-security', 'none', '--target', target],
        user.kind === 'maildir' ? [] : ['--target-security', 'none'],
      ].flat(),
      {
        WAYBILL_TUNING: JSON.stringify({ ...TUNING, ...lease, ...options.tuning }),
        ...(options.crash === undefined ? {} : { WAYBILL_CRASH: options.crash }),
        ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
      },
    )
    this.#running.add(running)
    void running.ended.finally(() => this.#running.delete(running)).catch(() => undefined)
    return running
  }

  /** Runs to the end, which must be a good one. */
  async complete(user: CrashUser, options: RunOptions = {}): Promise<MigrateUserResult> {
    const { databaseUrl = this.#shared?.databaseUrl } = options
    if (this.#shared && databaseUrl === this.#shared.databaseUrl) return await this.#sync(this.#shared.moving, user)
    const running = this.start(user, options)
    // A run of a second that takes this long waits for something that never comes.
    const timer = setTimeout(() => running.child.kill('SIGKILL'), LONGEST_MS)
    const ended = await running.ended
    clearTimeout(timer)
    assert.notEqual(ended.signal, 'SIGKILL', `the run did not end within ${LONGEST_MS / 1000} s: ${ended.stderr}`)
    return synced(ended)
  }

  async targetSnapshot(user: CrashUser): Promise<Snapshot> {
    return user.kind === 'maildir' ? readMaildir(this.#maildir(user)) : snapshot(this.#login(user))
  }

  /** Nothing missing, nothing twice, nothing changed. */
  async assertEqual(user: CrashUser): Promise<void> {
    assert.deepEqual(compare(this.before, await this.targetSnapshot(user)), [])
  }

  /** As `assertEqual`; then a further run must append nothing and leave everything as it is. */
  async assertDone(user: CrashUser, options: RunOptions = {}): Promise<void> {
    await this.assertEqual(user)
    const again = await this.complete(user, options)
    assert.equal(again.carried, 0, 'one more run appends nothing')
    await this.assertEqual(user)
  }

  /** One more run for each of them, in this process: a start of the command for each would take longer than all they do. */
  async assertDoneAll(users: readonly CrashUser[]): Promise<void> {
    await using own = this.#shared ? null : await openMoving(this.folder)
    for (const user of users) {
      const again = await this.#sync(own ?? this.#shared!.moving, user)
      assert.equal(again.carried, 0, 'one more run appends nothing')
      await this.assertEqual(user)
    }
  }

  async #sync(moving: Moving, user: CrashUser): Promise<MigrateUserResult> {
    const to = user.kind === 'maildir' ? 'maildir' : { port: this.#login(user).port }
    const row = { address: user.address, user: 's', targetUser: user.name }
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(
      () => late.reject(new Error(`the run did not end within ${LONGEST_MS / 1000} s`)),
      LONGEST_MS,
    )
    try {
      return await Promise.race([moving.sync(row, this.source, to, { verify: 'none' }), late.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  /** The source is as it was: nothing flagged, nothing expunged, nothing added. */
  async assertSourceUntouched(): Promise<void> {
    const lines = ({ folders }: Snapshot) =>
      [...folders]
        .flatMap(([name, messages]) => messages.map((m) => `${name} ${m.key} ${m.sha256} ${m.flags.join(' ')}`))
        .sort()
    const [before, after] = [lines(this.before), new Set(lines(await snapshot(this.sourceLogin)))]
    assert.deepEqual(
      before.filter((line) => !after.has(line)),
      [],
    )
    assert.equal(after.size, before.length)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Of a case that failed: it may stand still, and would for ever.
    for (const { child, ended } of this.#running) {
      child.kill('SIGKILL')
      await ended
    }
    await this.alone()
    await this.#stack.disposeAsync()
  }
}

export function synced(ended: Ended): MigrateUserResult {
  const result = resultOf(ended)
  const [user] = result.users
  assert.ok(user)
  assert.equal(user.status, 'Synced', JSON.stringify(user.error))
  assert.equal(ended.code, 0, ended.stderr)
  return user
}
