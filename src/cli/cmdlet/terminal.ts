/** Asking the person at the terminal, whatever standard input and output are: lines, and secrets without echo. */
import { openSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { ReadStream, WriteStream, isatty } from 'node:tty'

export interface Terminal {
  write(text: string): void
  /** Null at the end of input (Ctrl-D). */
  line(): Promise<string | null>
  /** Nothing is echoed from before the question stands there: who types fast would show the beginning. */
  secret(question: string): Promise<string | null>
  close(): void
}

/** Null when there is nobody to ask. */
export function openTerminal(): Terminal | null {
  let fd: number
  try {
    fd = openSync('/dev/tty', 'r+')
  } catch {
    // A terminal on standard input that is not the controlling one.
    if (!isatty(0) || !isatty(2)) return null
    return terminalOn(new ReadStream(0), process.stderr, () => {})
  }
  const output = new WriteStream(openSync('/dev/tty', 'w'))
  return terminalOn(new ReadStream(fd), output, () => output.destroy())
}

function terminalOn(input: ReadStream, output: NodeJS.WritableStream, closeOutput: () => void): Terminal {
  return {
    write: (text) => void output.write(text),
    async line() {
      const lines = createInterface({ input, terminal: false })
      try {
        for await (const line of lines) return line
        return null
      } finally {
        lines.close()
      }
    },
    async secret(question) {
      input.setRawMode(true)
      output.write(question)
      try {
        return await typed(input)
      } finally {
        input.setRawMode(false)
        output.write('\n')
      }
    },
    close() {
      input.destroy()
      closeOutput()
    },
  }
}

/** In raw mode the terminal edits nothing: backspace, Ctrl-U, Ctrl-C and Ctrl-D are ours to see. */
function typed(input: ReadStream): Promise<string | null> {
  return new Promise((resolve) => {
    let text = ''
    const onData = (chunk: Buffer | string) => {
      for (const sign of String(chunk)) {
        if (sign === '\r' || sign === '\n') return done(text)
        if (sign === '\u0003') {
          input.setRawMode(false)
          process.kill(process.pid, 'SIGINT')
          return done(null)
        }
        if (sign === '\u0004') return done(text === '' ? null : text)
        if (sign === '\u007f' || sign === '\b') text = Array.from(text).slice(0, -1).join('')
        else if (sign === '\u0015') text = ''
        else text += sign
      }
    }
    const done = (answer: string | null) => {
      input.off('data', onData)
      input.pause()
      resolve(answer)
    }
    input.setEncoding('utf8')
    input.on('data', onData)
    input.resume()
  })
}
