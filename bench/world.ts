/** Two Dovecots of our own, a planted source, fresh targets, and the product run against them as a person runs it. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MigrateResult } from '#contract/migrate.ts'
import { type DovecotServer, startDovecot } from '#test/servers/dovecot.ts'
import { encodeMailbox } from '#test/worlds/modified-utf7.ts'
import type { Corpus } from './corpus.ts'
import { countAll, readAll } from './imap-talk.ts'
import { later } from './leftovers.ts'
import { type Measured, measure } from './measure.ts'
import { plantCorpus } from './plant.ts'

const PASSWORD = 'bench'
/** More fresh targets than a part has runs. */
const TARGETS = 200

export interface OurRun extends Measured {
  readonly result: MigrateResult
}

export interface Ports {
  readonly source: number
  readonly target: number
}

export class World implements AsyncDisposable {
  readonly source: DovecotServer
  readonly target: DovecotServer
  readonly corpora: readonly Corpus[]
  readonly #folder: string
  #targets = 0

  private constructor(source: DovecotServer, target: DovecotServer, corpora: readonly Corpus[]) {
    this.source = source
    this.target = target
    this.corpora = corpora
    this.#folder = mkdtempSync(join(tmpdir(), 'waybill-bench-'))
    // As root the embedded database runs as another uid, which has to pass.
    chmodSync(this.#folder, 0o711)
  }

  /** Corpus k is the mail of source user `s<k>`. The servers' indexes are made and the mail is in the page cache. */
  static async open(corpora: readonly Corpus[], tell: (text: string) => void): Promise<World> {
    const kept = { passed: true, after: later }
    const source = await startDovecot({
      t: kept,
      users: Object.fromEntries(corpora.map((_corpus, at) => [`s${at}`, PASSWORD])),
    })
    try {
      const targets = Array.from({ length: TARGETS }, (_, at) => [`t${at}`, { password: PASSWORD, format: 'sdbox' }])
      const target = await startDovecot({ t: kept, users: Object.fromEntries(targets) })
      const world = new World(source, target, corpora)
      for (const [at, corpus] of corpora.entries()) {
        tell(`planting ${corpus.name}: ${corpus.messages} messages, ${(corpus.bytes / 1e6).toFixed(1)} MB`)
        plantCorpus(source.accounts.get(`s${at}`)!.mail, corpus, source)
        await readAll(world.sourceAccount(at), folderNames(corpus, '.'))
      }
      return world
    } catch (thrown) {
      await source[Symbol.asyncDispose]()
      throw thrown
    }
  }

  /** From now on the target's processes have the first core, all others the rest: as on a machine of its own. */
  giveTargetACore(): void {
    const cores = cpus().length
    if (cores < 2) throw new Error('a core for the target needs a second one for the others')
    const pin = (list: string, pid: number) => execFileSync('taskset', ['-a', '-c', '-p', list, String(pid)])
    for (const pid of this.target.pids()) pin('0', pid)
    for (const pid of [...this.source.pids(), process.pid]) pin(`1-${cores - 1}`, pid)
  }

  /** Undoes it for this process and what it starts from now on. */
  static shareCores(): void {
    execFileSync('taskset', ['-a', '-c', '-p', `0-${cpus().length - 1}`, String(process.pid)])
  }

  sourceAccount(at = 0) {
    return { port: this.source.port, user: `s${at}`, password: PASSWORD }
  }

  /** A mailbox that nobody has used: what was deleted before slows ext4 down, so nothing is deleted between runs. */
  freshTarget() {
    if (this.#targets === TARGETS) throw new Error('no fresh target left')
    return { port: this.target.port, user: `t${this.#targets++}`, password: PASSWORD }
  }

  file(name: string, text: string): string {
    const path = join(this.#folder, name)
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }

  folder(name: string): string {
    return join(this.#folder, name)
  }

  /** `./waybill migrate` of the users named; throws when it did not end as it should. */
  async migrate(
    users: readonly { readonly source: number; readonly target: string }[],
    options: { readonly ports?: Ports; readonly extra?: readonly string[] } = {},
  ): Promise<OurRun> {
    const ports = options.ports ?? { source: this.source.port, target: this.target.port }
    const rows = users.map(
      ({ source, target }) => `${target}@bench.example,s${source},${PASSWORD},${target},${PASSWORD}`,
    )
    const csv = this.file(
      'users.csv',
      ['EmailAddress,UserName,Password,TargetUserName,TargetPassword', ...rows, ''].join('\r\n'),
    )
    const measured = await measure(
      join(import.meta.dirname, '../waybill'),
      [
        'migrate',
        csv,
        '--json',
        `--data=${this.folder('data')}`,
        `--source=imap://127.0.0.1:${ports.source}`,
        '--source-security=none',
        `--target=imap://127.0.0.1:${ports.target}`,
        '--target-security=none',
        ...(options.extra ?? []),
      ],
      { env: { DATABASE_URL: '' } },
    )
    if (measured.code !== 0)
      throw new Error(`waybill ended with ${measured.code}:\n${measured.stderr}${measured.stdout}`)
    return { ...measured, result: JSON.parse(measured.stdout) as MigrateResult }
  }

  /** Throws unless the target holds as many messages as the corpus. */
  async check(who: string, user: string, corpus: Corpus): Promise<void> {
    const found = await countAll({ port: this.target.port, user, password: PASSWORD }, folderNames(corpus, '/'))
    if (found !== corpus.messages) throw new Error(`${who} brought ${found} of ${corpus.messages} messages`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.source[Symbol.asyncDispose](), this.target[Symbol.asyncDispose]()])
    later(() => rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 }))
  }
}

const folderNames = (corpus: Corpus, separator: string) =>
  corpus.folders.map(({ path }) => path.map(encodeMailbox).join(separator))
