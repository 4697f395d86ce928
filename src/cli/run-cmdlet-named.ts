/** Finds the cmdlet that a word names, in any case, and runs it. */
import { safeText } from '#base/safe-text.ts'
import { CMDLETS } from './cmdlets/all.ts'
import { CMDLET_EXIT, errorText } from './cmdlet/report-error.ts'
import { type Surroundings, runCmdlet } from './cmdlet/run.ts'
import { inWords, nearest, usage } from './cmdlet/usage.ts'

/** PowerShell's verbs; a command with a hyphen that begins with none of them is one of commander's. */
const VERB =
  /^(?:add|clear|complete|convertfrom|convertto|disable|enable|export|foreach|format|get|group|import|measure|move|new|out|remove|resume|search|select|set|sort|start|stop|suspend|tee|test|update|where|write)-[a-z]+$/i

/** Commands that look like cmdlets, and are none. */
const COMMANDS: ReadonlySet<string> = new Set(['complete-name', 'new-epoch'])

export const isCmdletName = (word: string): boolean => VERB.test(word) && !COMMANDS.has(word)

export async function runCmdletNamed(word: string, words: readonly string[], around: Surroundings): Promise<number> {
  const names = Object.keys(CMDLETS)
  const name = names.find((known) => known.toLowerCase() === word.toLowerCase())
  if (name !== undefined) return runCmdlet(await CMDLETS[name]!(), words, around)
  const near = nearest(word, names)
  const remedy = near.length > 0 ? `Did you mean ${inWords(near, 'or')}?` : 'Get-Help lists all cmdlets.'
  around.stderr.write(errorText(safeText(word), usage('There is no cmdlet of this name.', remedy)))
  return CMDLET_EXIT.usage
}
