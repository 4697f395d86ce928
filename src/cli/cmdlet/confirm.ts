/** ShouldProcess: -WhatIf says and does nothing, -Confirm asks as PowerShell does. */
import { Fault } from '#base/fault.ts'
import { safeText } from '#base/safe-text.ts'
import { sentence } from '#base/sentence.ts'
import { type Terminal, openTerminal } from './terminal.ts'

const PROMPT = '[Y] Yes  [A] Yes to All  [N] No  [L] No to All  [?] Help (default is "Y"): '
const HELP = `Y - Go on with this one.
A - Go on with this and all that follow.
N - Leave this one out.
L - Leave out this and all that follow.
`

export interface Choices {
  readonly cmdlet: string
  readonly whatIf: boolean
  /** What -Confirm said; undefined when it was not given. */
  readonly confirm: boolean | undefined
  readonly impact: 'low' | 'high'
  readonly write: (text: string) => void
  readonly open?: () => Terminal | null
}

export class Confirmation {
  readonly #choices: Choices
  #forAll: boolean | null = null

  constructor(choices: Choices) {
    this.#choices = choices
  }

  async should(target: string, question?: () => Promise<string> | string): Promise<boolean> {
    const { cmdlet, whatIf, confirm, impact, write } = this.#choices
    if (whatIf) {
      write(`What if: Performing the operation "${cmdlet}" on target "${safeText(target)}".\n`)
      return false
    }
    if (!(confirm ?? impact === 'high')) return true
    if (this.#forAll !== null) return this.#forAll
    const terminal = (this.#choices.open ?? openTerminal)()
    if (!terminal) {
      throw new Fault({
        code: 'CONFIRMATION_NEEDED',
        scope: 'request',
        transient: false,
        message: `${cmdlet} asks before it goes on with ${JSON.stringify(target)}, and there is no terminal to ask on`,
        remedy: 'Add -Confirm:$false (in a shell without the aliases: -Confirm:false) when it is meant.',
      })
    }
    try {
      const asked = question ? await question() : `Performing the operation "${cmdlet}" on target "${target}".`
      terminal.write(
        `\nConfirm\nAre you sure you want to perform this action?\n${safeText(sentence(asked))}\n${PROMPT}`,
      )
      return await this.#answer(terminal)
    } finally {
      terminal.close()
    }
  }

  async #answer(terminal: Terminal): Promise<boolean> {
    for (;;) {
      const said = await terminal.line()
      // The end of input is nobody's consent.
      if (said === null) return false
      switch (said.trim().toLowerCase()) {
        case '':
        case 'y':
        case 'yes':
          return true
        case 'a':
          return (this.#forAll = true)
        case 'n':
        case 'no':
          return false
        case 'l':
          return (this.#forAll = false)
        case '?':
          terminal.write(HELP)
          break
        default:
      }
      terminal.write(PROMPT)
    }
  }
}
