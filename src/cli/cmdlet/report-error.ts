/** Errors as cmdlets print them, and the exit codes that scripts read. */
import { type Fault } from '#base/fault.ts'
import { safeText } from '#base/safe-text.ts'
import { sentence } from '#base/sentence.ts'
import { remedyOfCmdlet } from '../remedy.ts'

/** Of cmdlets and of the commands that speak to the server. */
export const CMDLET_EXIT = { ok: 0, refused: 1, usage: 3, noServer: 4 } as const

export function errorText(name: string, fault: Fault): string {
  const lines = [`${name} : ${safeText(sentence(fault.message))}`]
  const remedy = remedyOfCmdlet(fault)
  if (remedy !== null) lines.push(`  ${remedy}`)
  if (fault.code === 'BUG' && fault.cause instanceof Error) lines.push(fault.cause.stack ?? '')
  return `${lines.join('\n')}\n`
}

/** What the server refused is 1; what never reached it was called wrongly, or there is no server. */
export function exitCodeOf({ scope, facts, code }: Fault): number {
  if (typeof facts['status'] === 'number' || code === 'BUG') return CMDLET_EXIT.refused
  return scope === 'request' ? CMDLET_EXIT.usage : CMDLET_EXIT.noServer
}

/** Whether the next object of the pipe would fail the same way: nobody is there, or nobody is signed in. */
export const endsPipe = (fault: Fault): boolean =>
  fault.facts['status'] === 401 || exitCodeOf(fault) === CMDLET_EXIT.noServer
