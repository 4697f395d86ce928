/** What help texts and the manual's pages both say of a cmdlet. */
import { commonParameters } from './common-parameters.ts'
import type { Cmdlet, Parameter } from './declare.ts'

const TYPES: Readonly<Record<Parameter['type'], string>> = {
  string: 'String',
  int: 'Int32',
  count: 'Unlimited',
  bool: 'Boolean',
  switch: 'Switch',
  enum: 'Enum',
  list: 'String[]',
  dateTime: 'DateTime',
  timeZone: 'TimeZone',
  timeSpan: 'TimeSpan',
  slots: 'Unlimited',
  path: 'Path',
}

export const typeName = ({ type, values }: Parameter): string => (type === 'enum' ? values!.join(' | ') : TYPES[type])

/** One line for each parameter set, as `Get-Help` writes them. */
export function syntaxLines(cmdlet: Cmdlet): string[] {
  const all = Object.entries(cmdlet.parameters)
  const sets = [...new Set(all.flatMap(([, { sets: own }]) => own ?? []))]
  const shown = (sets.length > 0 ? sets : [null]).map((set) =>
    [
      cmdlet.name,
      ...all
        .filter(([, { sets: own }]) => own === undefined || (set !== null && own.includes(set)))
        .map(([name, parameter]) => spelt(name, parameter)),
      ...(cmdlet.impact === undefined ? [] : ['[-WhatIf]', '[-Confirm]']),
      '[<CommonParameters>]',
    ].join(' '),
  )
  return [...new Set(shown)]
}

function spelt(name: string, parameter: Parameter): string {
  const { type, position, mandatory = false } = parameter
  if (type === 'switch') return mandatory ? `-${name}` : `[-${name}]`
  const value = `<${type === 'enum' && parameter.values!.length > 5 ? 'Status' : typeName(parameter)}>`
  const key = position === undefined ? `-${name}` : `[-${name}]`
  return mandatory ? `${key} ${value}` : `[${key} ${value}]`
}

export interface Described {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly facts: readonly (readonly [string, string])[]
}

/** Those of its own, and -WhatIf and -Confirm where it has them. */
export function describedParameters(cmdlet: Cmdlet): Described[] {
  const { WhatIf, Confirm } = commonParameters(cmdlet)
  const changing = WhatIf && Confirm ? { WhatIf, Confirm } : {}
  return Object.entries({ ...cmdlet.parameters, ...changing }).map(([name, parameter]) => ({
    name,
    type: typeName(parameter),
    help: parameter.help,
    facts: [
      ['Required', parameter.mandatory ? 'yes' : 'no'],
      ['Position', parameter.position === undefined ? 'named' : String(parameter.position + 1)],
      ...(parameter.default === undefined ? [] : [['Default', parameter.default] as const]),
      ...(parameter.nullable ? [['$null', 'clears it'] as const] : []),
      ...(parameter.fromPipeline ? [['From a pipe', Object.keys(parameter.fromPipeline).join(', ')] as const] : []),
    ],
  }))
}

export const CONFIRMS = 'It asks before it does anything, unless -Confirm:$false says not to.'
