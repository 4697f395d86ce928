/** A mail server that says what a test tells it to say, for faults that no real one has on demand. Clear text, no log-in. */
import { once } from 'node:events'
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net'

export interface Taken {
  readonly to: string
  readonly data: string
}

/** To the connection's verbs; `message` is the end of DATA. Null: no answer at all; `close`: it hangs up instead. */
export type Answers = (verb: string, connection: number, line: string) => string | null | undefined

const USUAL: Readonly<Record<string, string>> = {
  QUIT: '221 bye',
  AUTH: '503 5.5.1 not offered',
  STARTTLS: '502 5.5.1 not offered',
}

export class ScriptedSmtp implements AsyncDisposable {
  /** Messages that came to their end, whatever was answered. */
  readonly taken: Taken[] = []
  /** Changed at will; undefined: what a server usually says. */
  answers: Answers = () => undefined
  connections = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor() {
    this.#server = createServer((socket) => this.#serve(socket, ++this.connections))
  }

  static async start(answers?: Answers): Promise<ScriptedSmtp> {
    const scripted = new ScriptedSmtp()
    if (answers) scripted.answers = answers
    scripted.#server.listen(0, '127.0.0.1')
    await once(scripted.#server, 'listening')
    return scripted
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  #serve(socket: Socket, connection: number): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => undefined)
    let buffer = ''
    let isData = false
    let to = ''
    const say = (verb: string, line: string, usual: string) => {
      const answer = this.answers(verb, connection, line)
      if (answer === null) return false
      if (answer === 'close') return void socket.destroy()
      socket.write(`${answer ?? usual}\r\n`)
      return answer === undefined || answer.startsWith('354')
    }
    say('greeting', '', '220 scripted ESMTP')
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      buffer += chunk
      for (;;) {
        const end = buffer.indexOf(isData ? '\r\n.\r\n' : '\r\n')
        if (end < 0) return
        const line = buffer.slice(0, end)
        buffer = buffer.slice(end + (isData ? 5 : 2))
        if (isData) {
          isData = false
          this.taken.push({ to, data: line })
          say('message', '', '250 2.0.0 taken')
          continue
        }
        const verb = line.split(/[ :]/)[0]!.toUpperCase()
        if (verb === 'RCPT') to = /<([^>]*)>/.exec(line)?.[1] ?? ''
        if (verb === 'EHLO') say(verb, line, '250-scripted\r\n250-8BITMIME\r\n250 SMTPUTF8')
        else if (verb === 'DATA') isData = say(verb, line, '354 go on') === true
        else say(verb, line, USUAL[verb] ?? '250 2.0.0 fine')
      }
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
