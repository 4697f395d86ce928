/** Runs one cmdlet: words into values, objects of the pipe one after the other, what fails reported and the rest gone on with. */
import { asFault } from '#base/fault.ts'
import { safeText } from '#base/safe-text.ts'
import { sentence } from '#base/sentence.ts'
import type { Client } from '../client.ts'
import { type PlaceOptions, choosePlace } from '../place.ts'
import { type Bound, bindObject, checkSets, isOpenToPipe, needsPipe, readGiven } from './bind.ts'
import { Confirmation } from './confirm.ts'
import type { Call, Cmdlet, Values } from './declare.ts'
import { type Output, ReaderGone, outputTo } from './output.ts'
import { parseArguments } from './parse-arguments.ts'
import { inputKind, pipeObjects } from './pipe-input.ts'
import { CMDLET_EXIT, endsPipe, errorText, exitCodeOf } from './report-error.ts'
import { type PipeObject, propertyOf, textOf } from './shape.ts'
import { usage } from './usage.ts'

export interface Surroundings {
  readonly place: PlaceOptions
  readonly env: NodeJS.ProcessEnv
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
}

/** Answers the exit code. */
export async function runCmdlet(cmdlet: Cmdlet, words: readonly string[], around: Surroundings): Promise<number> {
  try {
    const { given, wantsHelp } = parseArguments(cmdlet, words)
    if (wantsHelp) {
      const { helpText } = await import('./help-text.ts')
      around.stdout.write(helpText(cmdlet, 'full'))
      return CMDLET_EXIT.ok
    }
    const bound = readGiven(cmdlet, given)
    return cmdlet.filter ? await runFilter(cmdlet, bound, around) : await runEach(cmdlet, bound, around)
  } catch (thrown) {
    if (thrown instanceof ReaderGone) return CMDLET_EXIT.ok
    const fault = asFault(thrown)
    around.stderr.write(errorText(cmdlet.name, fault))
    return exitCodeOf(fault)
  }
}

async function runFilter(cmdlet: Cmdlet, bound: Bound, { stdin, stdout }: Surroundings): Promise<number> {
  checkSets(cmdlet, bound)
  if (stdin.isTTY) {
    throw usage(
      `${cmdlet.name} reads objects from a pipe.`,
      `For example: Get-MigrationBatch | ${cmdlet.name}. Get-Help ${cmdlet.name} tells more.`,
    )
  }
  const output = outputTo(stdout)
  await cmdlet.filter!(bound as Values<Readonly<Record<string, never>>>, pipeObjects(stdin), output)
  await output.end()
  return CMDLET_EXIT.ok
}

/** What runs have in common, whether an object came through a pipe or none. */
interface Running {
  readonly cmdlet: Cmdlet
  readonly output: Output
  readonly client: Client
  readonly warn: (text: string) => void
  readonly confirmation: Confirmation
}

async function runEach(cmdlet: Cmdlet, bound: Bound, around: Surroundings): Promise<number> {
  const { stdout, stderr } = around
  const output = outputTo(stdout)
  const tell = bound['Verbose'] === true ? (line: string) => void stderr.write(`VERBOSE: ${line}\n`) : undefined
  const isQuiet = bound['WarningAction'] !== undefined && bound['WarningAction'] !== 'Continue'
  const running: Running = {
    cmdlet,
    output,
    client: lateClient(around.place, around.env, tell),
    warn: (text) => void (isQuiet || stderr.write(`WARNING: ${safeText(sentence(text))}\n`)),
    confirmation: new Confirmation({
      cmdlet: cmdlet.name,
      whatIf: bound['WhatIf'] === true,
      confirm: bound['Confirm'] as boolean | undefined,
      impact: cmdlet.impact ?? 'low',
      write: (text) => stderr.write(text),
    }),
  }
  try {
    let exitCode: number = CMDLET_EXIT.ok
    for await (const one of inputs(cmdlet, bound, around, running.warn)) {
      try {
        await runOne(running, bound, one)
      } catch (thrown) {
        if (thrown instanceof ReaderGone) throw thrown
        const fault = asFault(thrown)
        const action = bound['ErrorAction']
        if (action !== 'SilentlyContinue' && action !== 'Ignore') stderr.write(errorText(cmdlet.name, fault))
        exitCode = one === null || endsPipe(fault) ? exitCodeOf(fault) : CMDLET_EXIT.refused
        if (endsPipe(fault) || action === 'Stop' || fault.code === 'CONFIRMATION_NEEDED') {
          exitCode = exitCodeOf(fault)
          break
        }
      }
    }
    await output.end()
    return exitCode
  } finally {
    running.client.close()
  }
}

/** The objects of the pipe; a single null when the command line says all. */
async function* inputs(
  cmdlet: Cmdlet,
  bound: Bound,
  { stdin }: Surroundings,
  warn: (text: string) => void,
): AsyncGenerator<PipeObject | null, void, undefined> {
  const kind = inputKind()
  const compulsory = needsPipe(cmdlet)
  const reads = kind === 'pipe' || (compulsory && (kind === 'socket' || kind === 'file'))
  if (!reads || !isOpenToPipe(cmdlet, bound)) {
    yield null
    return
  }
  let none = true
  const onSilence = () =>
    warn(`${cmdlet.name} waits for objects from its pipe; without one give it an Identity, or < /dev/null`)
  for await (const object of pipeObjects(stdin, onSilence)) {
    none = false
    yield object
  }
  // Nothing is asked for then: an empty pipe must not mean "all".
  if (none && !compulsory) warn(`Nothing came through the pipe, so ${cmdlet.name} does nothing; -Identity * lists all`)
}

async function runOne({ cmdlet, output, ...rest }: Running, bound: Bound, object: PipeObject | null): Promise<void> {
  const values = object === null ? bound : { ...bound, ...bindObject(cmdlet, object) }
  checkSets(cmdlet, values)
  const call: Call = {
    client: rest.client,
    warn: rest.warn,
    isPiped: object !== null,
    target: textOf((object && propertyOf(object, 'Identity')) ?? values['Identity']),
    should: (target, question) => rest.confirmation.should(target, question),
  }
  const result = cmdlet.run!(values as Values<Readonly<Record<string, never>>>, call)
  if (!(Symbol.asyncIterator in result)) {
    const answer = await result
    if (answer) await output.object(answer)
    return
  }
  for await (const answer of result) await output.object(answer)
}

/**
 * Opened with the first question: what is called wrongly, or only asks "what if", needs no server, and what needs none
 * does not load HTTP.
 */
function lateClient(place: PlaceOptions, env: NodeJS.ProcessEnv, tell: ((line: string) => void) | undefined): Client {
  let opened: Promise<Client> | null = null
  const client = () =>
    (opened ??= import('../client.ts').then(({ openClient }) => openClient(choosePlace(place, env), tell)))
  return {
    ask: async (route, request) => (await client()).ask(route, request),
    async *list(route, request, pageSize) {
      yield* (await client()).list(route, request, pageSize)
    },
    close: () => void opened?.then((one) => one.close()).catch(() => {}),
  }
}
