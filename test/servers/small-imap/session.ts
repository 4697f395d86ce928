import { TLSSocket } from 'node:tls'
import type { SecureContext } from 'node:tls'
import type { Socket } from 'node:net'
import { append } from './append.ts'
import type { Faults, Misbehaviour } from './faults.ts'
import { change, list, select, status } from './folders.ts'
import { inSelected } from './selected.ts'
import type { SmallFolder, SmallMailbox } from './store.ts'
import { Args } from './syntax.ts'
import { Gone, Wire } from './wire.ts'

/** What the server's sessions share. */
export interface Shared {
  readonly mailboxes: ReadonlyMap<string, SmallMailbox>
  readonly masters: Readonly<Record<string, string>>
  readonly capabilities: ReadonlySet<string>
  readonly specialUse: Readonly<Record<string, string>>
  readonly permanentFlags: string
  /** Bytes; null: none (RFC 7889). */
  readonly appendLimit: number | null
  readonly requireTls: boolean
  readonly secure: SecureContext
  faults: Faults
  /** Every line that was taken for a command, in order: `session verb args`. */
  readonly commands: string[]
  readonly counts: Map<string, number>
  readonly late: Promise<unknown>[]
}

/** One connection, one command at a time. */
export class Session {
  readonly number: number
  readonly wire: Wire
  user: string | null = null
  selected: { readonly folder: SmallFolder; readonly readOnly: boolean; exists: number } | null = null
  readonly #shared: Shared
  readonly #socket: Socket
  #mailbox: SmallMailbox | null = null
  #secure: boolean

  constructor(socket: Socket, shared: Shared, number: number) {
    this.#socket = socket
    this.#secure = socket instanceof TLSSocket
    this.#shared = shared
    this.wire = new Wire(socket)
    this.number = number
  }

  get mailbox(): SmallMailbox {
    if (this.#mailbox === null) throw new Error('not logged in')
    return this.#mailbox
  }

  get faults(): Faults {
    return this.#shared.faults
  }

  get specialUse(): Readonly<Record<string, string>> {
    return this.#shared.specialUse
  }

  get permanentFlags(): string {
    return this.#shared.permanentFlags
  }

  get #mustBeSecure(): boolean {
    return this.#shared.requireTls && !this.#secure
  }

  get limit(): number | null {
    return this.#shared.appendLimit
  }

  can(capability: string): boolean {
    return this.#shared.capabilities.has(capability)
  }

  countAppend(): number {
    return this.#count('a message set')
  }

  later(work: Promise<unknown>): void {
    this.#shared.late.push(work)
  }

  async run(): Promise<void> {
    try {
      const greeting = this.faults.greeting?.() ?? { raw: `* OK [CAPABILITY ${this.#capabilities()}] ready\r\n` }
      if (greeting === 'drop') return this.wire.drop()
      if (greeting === 'stall') return await this.wire.stall()
      await this.wire.write(greeting.raw)
      while (await this.#command());
      this.wire.end()
    } catch (error) {
      if (!(error instanceof Gone)) throw error
    }
  }

  async #command(): Promise<boolean> {
    const line = await this.wire.command((text, bytes, plus) => {
      if (/^\S+ APPEND /i.test(text) && this.faults.badBeforeLiteral?.(text) === true) return { refuse: 'BAD refused' }
      const allowed = this.can('LITERAL+') || (this.can('LITERAL-') && bytes <= 4096)
      if (plus && !allowed) return { refuse: 'BAD no such literal here' }
      return plus ? 'take' : 'ask'
    })
    const [, tag = '*', verb = '', rest = ''] = /^(\S+) +(UID +\S+|\S+)(.*)$/is.exec(line.text) ?? []
    const name = verb.toUpperCase().replace(/ +/g, ' ')
    const secret = name === 'LOGIN' || name === 'AUTHENTICATE'
    this.#shared.commands.push(`${this.number} ${name}${secret ? '' : rest}`)
    if ('refused' in line) {
      await this.wire.write(`${tag} ${line.refused}\r\n`)
      return true
    }
    const told = { user: this.user, session: this.number, verb: name, args: rest.trim(), before: this.#count(name) }
    const fault = this.faults.command?.(told)
    const answer =
      (fault === undefined ? null : await this.#misbehave(fault)) ??
      (await this.#obey(name, new Args(rest, line.literals), tag))
    if (answer === null) return true
    if (
      this.selected !== null &&
      this.selected.exists < this.selected.folder.messages.length &&
      !name.includes('FETCH')
    ) {
      this.selected.exists = this.selected.folder.messages.length
      await this.wire.write(`* ${this.selected.exists} EXISTS\r\n`)
    }
    await this.wire.write(answer.startsWith('RAW ') ? answer.slice(4) : `${tag} ${answer}\r\n`)
    if (name === 'STARTTLS' && answer.startsWith('OK')) this.#startTls()
    return name !== 'LOGOUT'
  }

  async #misbehave(fault: Misbehaviour): Promise<string | null> {
    if (fault === 'drop') return this.wire.drop()
    if (fault === 'stall') return this.wire.stall()
    if ('no' in fault) return `NO ${fault.no}`
    if ('bad' in fault) return `BAD ${fault.bad}`
    if ('raw' in fault) return `RAW ${fault.raw.toString('latin1')}`
    for (const part of fault.flood) await this.wire.write(part)
    return null
  }

  async #obey(verb: string, args: Args, tag: string): Promise<string | null> {
    const { wire } = this
    switch (verb) {
      case 'CAPABILITY':
        await wire.write(`* CAPABILITY ${this.#capabilities()}\r\n`)
        return 'OK done'
      case 'NOOP':
      case 'CHECK':
        return 'OK done'
      case 'LOGOUT':
        await wire.write('* BYE good bye\r\n')
        return 'OK done'
      case 'ID':
        await wire.write('* ID ("name" "small-imap")\r\n')
        return 'OK done'
      case 'STARTTLS':
        return this.#secure || !this.can('STARTTLS') ? 'BAD not here' : 'OK begin'
      case 'LOGIN':
        return this.#logIn(args.string() ?? '', args.string() ?? '')
      case 'AUTHENTICATE':
        return this.#authenticate(args)
      default:
        return this.#mailbox === null ? 'BAD log in first' : this.#obeyUser(verb, args, tag)
    }
  }

  async #obeyUser(verb: string, args: Args, tag: string): Promise<string | null> {
    const { wire, mailbox } = this
    switch (verb) {
      case 'NAMESPACE':
        if (!this.can('NAMESPACE')) return `BAD unknown command ${tag}`
        await wire.write(`* NAMESPACE (("${mailbox.prefix}" "${mailbox.separator}")) NIL NIL\r\n`)
        return 'OK done'
      case 'ENABLE':
        await wire.write('* ENABLED\r\n')
        return 'OK done'
      case 'LIST':
      case 'LSUB':
        return list(this, args, verb)
      case 'STATUS':
        return status(this, args)
      case 'SELECT':
      case 'EXAMINE':
        return select(this, args, verb === 'EXAMINE')
      case 'CLOSE':
      case 'UNSELECT':
        this.selected = null
        return 'OK done'
      case 'CREATE':
      case 'DELETE':
      case 'RENAME':
      case 'SUBSCRIBE':
      case 'UNSUBSCRIBE':
        return change(this, verb, args)
      case 'APPEND':
        return append(this, args)
      case 'FETCH':
      case 'STORE':
      case 'SEARCH':
      case 'EXPUNGE':
        return inSelected(this, verb, args, false)
      case 'UID FETCH':
      case 'UID STORE':
      case 'UID SEARCH':
      case 'UID EXPUNGE':
        return inSelected(this, verb.slice(4), args, true)
      default:
        return 'BAD unknown command'
    }
  }

  /** `user*master` with the master's password, or a user with their own. */
  #logIn(login: string, password: string): string {
    if (this.#mustBeSecure) return 'NO [PRIVACYREQUIRED] TLS first'
    const [user = '', master] = login.split('*')
    const mailbox = this.#shared.mailboxes.get(user)
    const wanted = master === undefined ? mailbox?.password : this.#shared.masters[master]
    const given = Buffer.from(password, 'latin1').toString('utf8')
    if (mailbox === undefined || wanted === undefined || given !== wanted)
      return 'NO [AUTHENTICATIONFAILED] log-in refused'
    this.#mailbox = mailbox
    this.user = user
    return `OK [CAPABILITY ${this.#capabilities()}] logged in`
  }

  async #authenticate(args: Args): Promise<string> {
    if (args.word()?.toUpperCase() !== 'PLAIN') return 'NO only PLAIN'
    let response = args.word()
    if (response === null) {
      await this.wire.write('+ \r\n')
      response = await this.wire.line()
    }
    if (response === '*') return 'BAD given up'
    const [authorise = '', login = '', password = ''] = Buffer.from(response, 'base64').toString('latin1').split('\0')
    return this.#logIn(authorise === '' || authorise === login ? login : `${authorise}*${login}`, password)
  }

  #capabilities(): string {
    const all = [...this.#shared.capabilities].filter((name) => name !== 'STARTTLS' || !this.#secure)
    if (this.#mustBeSecure) all.push('LOGINDISABLED')
    if (this.limit !== null) all.push(`APPENDLIMIT=${this.limit}`)
    return ['IMAP4rev1', 'AUTH=PLAIN', ...all].join(' ')
  }

  #startTls(): void {
    this.#secure = true
    this.wire.replace(new TLSSocket(this.#socket, { isServer: true, secureContext: this.#shared.secure }))
  }

  #count(verb: string): number {
    const before = this.#shared.counts.get(verb) ?? 0
    this.#shared.counts.set(verb, before + 1)
    return before
  }
}
