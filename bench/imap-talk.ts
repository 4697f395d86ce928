/** As little of an IMAP client as a benchmark can do with. */
import { once } from 'node:events'
import { type Socket, connect } from 'node:net'

export interface Account {
  readonly port: number
  readonly user: string
  readonly password: string
}

/** Literals and lines alike are only counted; a tagged answer is found at the beginning of a line. */
export class Talk {
  readonly socket: Socket
  #tail = ''
  readonly #waiting = new Map<string, { resolve: (line: string) => void; reject: (why: Error) => void }>()
  bytes = 0

  constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#data(chunk))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the server closed the connection')))
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }

  #data(chunk: Buffer): void {
    this.bytes += chunk.length
    // Answers are at the end of what has come, for every command waits for its own, or they follow one another.
    const text = this.#tail + chunk.toString('latin1', Math.max(0, chunk.length - 4096))
    const lines = text.split('\r\n')
    this.#tail = lines.pop()!.slice(-4096)
    for (const line of lines) {
      const tag = line.slice(0, line.indexOf(' '))
      const waiting = this.#waiting.get(tag)
      if (!waiting) continue
      this.#waiting.delete(tag)
      if (line.startsWith(`${tag} OK`)) waiting.resolve(line)
      else waiting.reject(new Error(line))
    }
  }

  /** Resolves with the tagged line, which must be OK. */
  answer(tag: string): Promise<string> {
    return new Promise((resolve, reject) => this.#waiting.set(tag, { resolve, reject }))
  }

  #serial = 0
  tag(): string {
    return `zq${++this.#serial}x`
  }

  ask(command: string): Promise<string> {
    const tag = this.tag()
    const answer = this.answer(tag)
    this.socket.write(`${tag} ${command}\r\n`)
    return answer
  }

  async close(): Promise<void> {
    await this.ask('LOGOUT').catch(() => undefined)
    this.socket.destroy()
  }
}

export async function logIn({ port, user, password }: Account): Promise<Talk> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const talk = new Talk(socket)
  await talk.ask(`LOGIN "${user}" "${password}"`)
  return talk
}

/** Reads everything once: the server makes its index files and the bytes are in memory for all who come after. */
export async function readAll(account: Account, folders: readonly string[]): Promise<number> {
  const talk = await logIn(account)
  for (const folder of folders) {
    await talk.ask(`EXAMINE "${folder}"`)
    await talk.ask('UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])').catch((error: Error) => {
      // An empty folder.
      if (!/BAD|NO/.test(error.message)) throw error
    })
  }
  await talk.close()
  return talk.bytes
}

/** Folder name to number of messages, for what a run must have brought. */
export async function countAll(account: Account, folders: readonly string[]): Promise<number> {
  const talk = await logIn(account)
  let messages = 0
  for (const folder of folders) {
    let text = ''
    const hear = (chunk: Buffer) => (text += chunk.toString('latin1'))
    talk.socket.on('data', hear)
    await talk.ask(`STATUS "${folder}" (MESSAGES)`)
    talk.socket.off('data', hear)
    messages += Number(/MESSAGES (\d+)/.exec(text)?.[1] ?? 0)
  }
  await talk.close()
  return messages
}
