/** Words of a command line into parameters and their texts, by PowerShell's rules. What the texts mean is read later. */
import { Fault } from '#base/fault.ts'
import { FOREIGN_EVERYWHERE, SHORT, commonParameters } from './common-parameters.ts'
import type { Cmdlet, Parameter } from './declare.ts'
import { isContinued } from './list-value.ts'
import { inWords, nearest, usage } from './usage.ts'

/** Text of each parameter; true of a switch that was given without a value. */
export type Given = ReadonlyMap<string, string | true>

export interface ParsedArguments {
  readonly given: Given
  readonly wantsHelp: boolean
}

/** PowerShell takes the dashes of word processors, too: command lines come out of documents. */
const NAMED = /^[-–—―]([A-Za-z_][\w-]*)(?::([\s\S]*))?$/

export function parseArguments(cmdlet: Cmdlet, words: readonly string[]): ParsedArguments {
  const parameters = { ...cmdlet.parameters, ...commonParameters(cmdlet) }
  const given = new Map<string, string | true>()
  const loose: string[] = []
  let named = true
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!
    if (named && (word === '-?' || word === '--help')) return { given, wantsHelp: true }
    if (named && word === '--') {
      named = false
      continue
    }
    const match = named ? NAMED.exec(word) : null
    if (!match) {
      const list = joined(words, at)
      loose.push(list.text)
      at = list.last
      continue
    }
    const [, spelt = '', attached] = match
    const name = findName(cmdlet, Object.keys(parameters), spelt)
    if (given.has(name)) throw usage(`The parameter -${name} was given more than once.`)
    const parameter = parameters[name]!
    if (parameter.type === 'switch') {
      if (attached === '') throw emptySwitch(name)
      const next = words[at + 1]
      // Kinder than PowerShell, where a switch takes no word; but Where-Object On -eq $true compares with it.
      const mayFollow = attached === undefined && !cmdlet.filter
      const follows = mayFollow && next !== undefined && /^\$(?:true|false)$/i.test(next)
      if (follows) at++
      given.set(name, follows ? next : (attached ?? true))
      continue
    }
    if (attached !== undefined && attached !== '') {
      const list = parameter.type === 'list' ? joined([attached, ...words.slice(at + 1)], 0) : null
      given.set(name, list?.text ?? attached)
      at += list?.last ?? 0
      continue
    }
    const next = words[at + 1]
    if (next === undefined || NAMED.test(next)) throw valueMissing(name, parameter, next)
    const list = parameter.type === 'list' ? joined(words, at + 1) : null
    given.set(name, list?.text ?? next)
    at = list?.last ?? at + 1
  }
  return { given: placed(cmdlet, given, loose), wantsHelp: false }
}

/** `"A", "B"` arrives as `A,` and `B`: a comma at the end of a word goes on in the next. */
function joined(words: readonly string[], from: number): { text: string; last: number } {
  let text = words[from]!
  let last = from
  while (isContinued(text) && words[last + 1] !== undefined && !NAMED.test(words[last + 1]!)) text += words[++last]!
  return { text, last }
}

function findName(cmdlet: Cmdlet, names: readonly string[], spelt: string): string {
  const wanted = spelt.toLowerCase()
  const short = SHORT[wanted]
  if (short !== undefined && names.includes(short)) return short
  const exact = names.find((name) => name.toLowerCase() === wanted)
  if (exact !== undefined) return exact
  const foreign = { ...cmdlet.foreign, ...FOREIGN_EVERYWHERE }
  const strange = Object.keys(foreign).find((name) => name.toLowerCase() === wanted)
  if (strange !== undefined) throw notSupported(strange, foreign[strange]!)
  const begun = names.filter((name) => name.toLowerCase().startsWith(wanted))
  if (begun.length === 1) return begun[0]!
  if (begun.length > 1) {
    const candidates = inWords(
      begun.map((name) => `-${name}`),
      'or',
    )
    throw usage(`The parameter name -${spelt} is ambiguous: it may be ${candidates}.`)
  }
  const strangers = Object.keys(foreign).filter((name) => name.toLowerCase().startsWith(wanted))
  if (strangers.length === 1) throw notSupported(strangers[0]!, foreign[strangers[0]!]!)
  const near = nearest(spelt, names).map((name) => `-${name}`)
  throw usage(
    `${cmdlet.name} has no parameter -${spelt}.`,
    near.length > 0 ? `Did you mean ${inWords(near, 'or')}?` : `Get-Help ${cmdlet.name} lists its parameters.`,
  )
}

const notSupported = (name: string, what: string): Fault =>
  new Fault({
    code: 'PARAMETER_NOT_SUPPORTED',
    scope: 'request',
    transient: false,
    message: `ParameterNotSupportedForMigrationException: the parameter -${name} is for ${what}.`,
    remedy: `Leave -${name} out.`,
  })

const emptySwitch = (name: string): Fault =>
  usage(
    `The switch -${name}: has an empty value. In a shell, $true and $false are variables, and here they are not set.`,
    `Run eval "$(waybill aliases)" first, which sets them, or write -${name}:false.`,
  )

function valueMissing(name: string, { type }: Parameter, next: string | undefined): Fault {
  return usage(
    `The parameter -${name} lacks its value (${type}).`,
    next === undefined ? undefined : `A value that begins with a dash is written -${name}:${next}`,
  )
}

/** Words without a name fill the positions that are free. */
function placed(cmdlet: Cmdlet, given: Map<string, string | true>, loose: readonly string[]): Given {
  const free = Object.entries(cmdlet.parameters)
    .filter(([name, { position }]) => position !== undefined && !given.has(name))
    .sort(([, a], [, b]) => a.position! - b.position!)
  for (const [at, word] of loose.entries()) {
    const place = free[at]
    if (!place) {
      throw usage(
        `${cmdlet.name} has no place for ${JSON.stringify(word)}.`,
        'A name with blanks in it needs quotation marks; a list is written with commas: A,B.',
      )
    }
    given.set(place[0], word)
  }
  return given
}
