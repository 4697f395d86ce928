/** Get-Help as PowerShell lays it out. */
import { CONFIRMS, describedParameters, syntaxLines } from './describe.ts'
import type { Cmdlet } from './declare.ts'

const WIDTH = 100
const INDENT = '    '

export function helpText(cmdlet: Cmdlet, how: 'short' | 'full' | 'examples'): string {
  const blocks = [section('NAME', [cmdlet.name]), section('SYNOPSIS', [cmdlet.synopsis])]
  if (how === 'examples') return finished([...blocks, examples(cmdlet)])
  blocks.push(
    section('SYNTAX', syntaxLines(cmdlet)),
    section('DESCRIPTION', [cmdlet.description, ...(cmdlet.impact === 'high' ? [CONFIRMS] : [])]),
  )
  if (how === 'short') {
    return finished([
      ...blocks,
      section('PARAMETERS', brief(cmdlet)),
      section('REMARKS', [
        `Get-Help ${cmdlet.name} -Examples shows examples, Get-Help ${cmdlet.name} -Full all there is.`,
      ]),
    ])
  }
  blocks.push(section('PARAMETERS', full(cmdlet)))
  if (cmdlet.notes !== undefined) blocks.push(section('NOTES', [cmdlet.notes]))
  return finished([...blocks, examples(cmdlet)])
}

const finished = (blocks: readonly string[]) => `\n${blocks.join('\n')}\n`

const brief = (cmdlet: Cmdlet): string[] =>
  describedParameters(cmdlet).map(({ name, type, help }) => `-${name} <${type}>\n${INDENT}${help}`)

const full = (cmdlet: Cmdlet): string[] =>
  describedParameters(cmdlet).map(
    ({ name, type, help, facts }) =>
      `-${name} <${type}>\n${INDENT}${help}\n\n${facts.map(([what, value]) => `${INDENT}${what.padEnd(12)} ${value}`).join('\n')}\n`,
  )

const examples = ({ examples: all }: Cmdlet): string =>
  section(
    'EXAMPLES',
    all.map(({ code, says }) => `${says}\n${INDENT}${code}\n`),
  )

function section(title: string, paragraphs: readonly string[]): string {
  const lines = paragraphs.flatMap((paragraph) => paragraph.split('\n').flatMap((line) => wrapped(line)))
  return `${title}\n${lines.map((line) => (line === '' ? '' : INDENT + line)).join('\n')}\n`
}

/** At blanks; a word is never broken, and what goes on is indented as its line. */
function wrapped(line: string): string[] {
  const indent = /^ */.exec(line)![0]
  const lines: string[] = []
  let current = indent
  for (const word of line.trim().split(' ')) {
    if (current.trim() !== '' && current.length + 1 + word.length > WIDTH) {
      lines.push(current)
      current = indent
    }
    current += current.trim() === '' ? word : ` ${word}`
  }
  return [...lines, current.trim() === '' ? '' : current]
}
