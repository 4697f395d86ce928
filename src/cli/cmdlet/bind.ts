/** Given texts, and what a piped object brings, into the values of a cmdlet: parameter sets, compulsory ones, defaults. */
import { Fault } from '#base/fault.ts'
import { commonParameters } from './common-parameters.ts'
import type { Cmdlet, Parameter } from './declare.ts'
import type { Given } from './parse-arguments.ts'
import { readValue } from './read-value.ts'
import { type PipeObject, propertyOf, typeOf } from './shape.ts'
import { inWords, usage } from './usage.ts'

export type Bound = Readonly<Record<string, unknown>>

export function readGiven(cmdlet: Cmdlet, given: Given): Bound {
  const parameters: Readonly<Record<string, Parameter>> = { ...cmdlet.parameters, ...commonParameters(cmdlet) }
  const block = cmdlet.filter && [...given].find(([, text]) => typeof text === 'string' && /^@?\{/.test(text.trim()))
  if (block) {
    throw usage(
      `-${block[0]}: script blocks and calculated properties are PowerShell's own; a shell has none.`,
      'Compare one property at a time: Where-Object Status -eq Failed | Where-Object TotalCount -gt 10.',
    )
  }
  const zoned = [...given].find(([name]) => parameters[name]?.type === 'timeZone')
  const zone = zoned ? String(readValue(zoned[0], parameters[zoned[0]]!, zoned[1], 'UTC')) : 'UTC'
  return Object.fromEntries([...given].map(([name, text]) => [name, readValue(name, parameters[name]!, text, zone)]))
}

const pipelineParameters = ({ parameters }: Cmdlet) =>
  Object.entries(parameters).filter(([, { fromPipeline }]) => fromPipeline !== undefined)

const fits = (set: string, { sets }: Parameter): boolean => sets === undefined || sets.includes(set)

const setsOf = ({ parameters }: Cmdlet): string[] => [
  ...new Set(Object.values(parameters).flatMap(({ sets }) => sets ?? [])),
]

/** Sets that all the given parameters are in. */
function possibleSets(cmdlet: Cmdlet, bound: Bound): string[] {
  const given = Object.entries(cmdlet.parameters).filter(([name]) => bound[name] !== undefined)
  return setsOf(cmdlet).filter((set) => given.every(([, parameter]) => fits(set, parameter)))
}

/** Whether what was given leaves open what the cmdlet is about, so that a pipe may say it. */
export function isOpenToPipe(cmdlet: Cmdlet, bound: Bound): boolean {
  const open = pipelineParameters(cmdlet)
  if (open.length === 0 || open.some(([name]) => bound[name] !== undefined)) return false
  const possible = possibleSets(cmdlet, bound)
  return open.some(([, parameter]) => parameter.sets === undefined || possible.some((set) => fits(set, parameter)))
}

export const needsPipe = (cmdlet: Cmdlet): boolean => pipelineParameters(cmdlet).some(([, { mandatory }]) => mandatory)

/** What an object brings for the parameters that are open. */
export function bindObject(cmdlet: Cmdlet, object: PipeObject): Bound {
  // A selected object is one of its kind, though some of its properties are gone.
  const type = typeOf(object)?.replace(/^Selected\./, '')
  const accepted = new Set<string>()
  for (const [name, { fromPipeline = {} }] of pipelineParameters(cmdlet)) {
    const kinds = Object.keys(fromPipeline)
    for (const kind of kinds) accepted.add(kind)
    const properties = fromPipeline[type ?? kinds[0]!]
    for (const property of properties ?? []) {
      const value = propertyOf(object, property)
      if (typeof value === 'string' && value !== '') return { [name]: value }
    }
  }
  const wanted = inWords([...accepted], 'or')
  throw new Fault({
    code: 'PIPELINE_INPUT',
    scope: 'request',
    transient: false,
    message:
      type === undefined || accepted.has(type)
        ? `The object that came through the pipe does not say which ${wanted} it is: it has neither Guid nor Identity`
        : `${cmdlet.name} takes ${wanted} objects, and through the pipe came a ${type}`,
  })
}

/** @throws Fault CMDLET_USAGE when parameters exclude each other, or compulsory ones are missing. */
export function checkSets(cmdlet: Cmdlet, bound: Bound): void {
  const parameters = Object.entries(cmdlet.parameters)
  const sets = setsOf(cmdlet)
  const given = parameters.filter(([name]) => bound[name] !== undefined)
  const possible = possibleSets(cmdlet, bound)
  if (sets.length > 0 && possible.length === 0) {
    const bearing = given.filter(([, { sets: own }]) => own !== undefined).map(([name]) => `-${name}`)
    throw usage(
      `The parameters ${inWords(bearing)} exclude each other.`,
      `Get-Help ${cmdlet.name} shows what goes together.`,
    )
  }
  const missingOf = (set: string | null) =>
    parameters
      .filter(
        ([name, parameter]) =>
          parameter.mandatory && bound[name] === undefined && (set === null || fits(set, parameter)),
      )
      .map(([name]) => `-${name}`)
  const lacks = (possible.length > 0 ? possible : [null]).map(missingOf)
  if (lacks.some((missing) => missing.length === 0)) return
  const least = lacks.reduce((a, b) => (b.length < a.length ? b : a))
  throw usage(
    least.length === 1
      ? `The mandatory parameter ${least[0]} is missing.`
      : `Mandatory parameters are missing: ${inWords(least)}.`,
    `Get-Help ${cmdlet.name} -Examples shows how it is called.`,
  )
}
