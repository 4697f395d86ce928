/** A secret that a person types, or a program writes into standard input; never one that stands on a command line. */
import { createInterface } from 'node:readline'
import { type Terminal, openTerminal } from './terminal.ts'
import { usage } from './usage.ts'

export interface Asked {
  /** `Token for https://…: ` */
  readonly question: string
  /** `token`, in sentences. */
  readonly what: string
  readonly remedy?: string
  /** A new one is typed twice: nobody sees what was typed. */
  readonly again?: string
  /** Objects come through standard input: it has no secret. */
  readonly isPiped?: boolean
}

/** @throws Fault CMDLET_USAGE when there is none, or the two are not the same */
export async function typedSecret({ question, what, remedy, again, isPiped = false }: Asked): Promise<string> {
  if (!isPiped && !process.stdin.isTTY) return await firstLine(what, remedy)
  const terminal = openTerminal()
  if (!terminal) {
    throw usage(
      `There is no terminal to ask for the ${what} on.`,
      isPiped ? undefined : 'Give it through standard input.',
    )
  }
  try {
    const secret = await ask(terminal, question, what)
    if (again !== undefined && (await ask(terminal, again, what)) !== secret) {
      throw usage(`The second ${what} was another one than the first.`, 'Try again.')
    }
    return secret
  } finally {
    terminal.close()
  }
}

async function ask(terminal: Terminal, question: string, what: string): Promise<string> {
  const typed = await terminal.secret(question)
  if (typed) return typed
  throw usage(`No ${what} was typed.`)
}

async function firstLine(what: string, remedy: string | undefined): Promise<string> {
  const lines = createInterface({ input: process.stdin })
  for await (const line of lines) {
    lines.close()
    if (line !== '') return line
  }
  throw usage(`No ${what} came through standard input.`, remedy)
}
