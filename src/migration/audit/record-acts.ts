/**
 * The use cases with a record of what is done through them: a row is durable before the act, and ended after it. An act
 * that cannot be recorded is not done; a row that nobody ended tells that the outcome is unknown.
 */
import { crashPoint } from '#base/crash-point.ts'
import { Fault, asFault } from '#base/fault.ts'
import type { Call, UseCases } from '#contract/calls.ts'
import { ROUTES, type RouteName } from '#contract/routes/all.ts'
import type { Route } from '#contract/routes/route.ts'
import { beginAudit, endAudit } from '#store/service/admin-audit.ts'
import { auditFailure } from '#store/service/audit-failure.ts'
import { type How, LEFT, actBegun, endOf } from './act-begun.ts'
import { ACTS, type Act } from './acts.ts'
import type { Given } from './given.ts'
import { type ReadDeps, recordedRead } from './record-read.ts'
import { type Seen, changesOf, guidOf, objectOf, seeObject } from './see-object.ts'

export type RecordDeps = ReadDeps

type AnyUseCase = (call: Call<Route>) => Promise<unknown>

export function recordActs(deps: RecordDeps, useCases: UseCases): UseCases {
  const recorded = Object.entries<Route>(ROUTES).flatMap(([name, route]) => {
    // What strangers try is told by the sign-in itself, which counts them, and knows what was not a name.
    const isNoAct = route.method === 'GET' || route.scope === 'public'
    const act = ACTS[name as RouteName] ?? (isNoAct ? null : { cmdlet: route.name })
    const useCase = useCases[name as RouteName] as unknown as AnyUseCase
    if (!act || !useCase) return []
    const recordedOne = route.method === 'GET' ? recordedRead : recordedAct
    return [[name, recordedOne(deps, useCases, route, act, useCase)] as const]
  })
  return { ...useCases, ...(Object.fromEntries(recorded) as Partial<UseCases>) }
}

function recordedAct(
  { store, log }: RecordDeps,
  useCases: UseCases,
  route: Route,
  act: Act,
  useCase: AnyUseCase,
): AnyUseCase {
  return async (call) => {
    const { given, before, start } = await actBegun(useCases, route, act, call)
    const { id, cmdlet } = start
    await beginAudit(store, start)
    crashPoint('record.begun')

    // The act is done: who asked for it is told so, whatever becomes of its row.
    const end = (how: How) =>
      endAudit(store, id, endOf(start, how)).catch((thrown: unknown) =>
        log.error('an act is not ended in the audit log', { id, cmdlet, code: asFault(thrown).code }),
      )
    let answer: unknown
    try {
      answer = await useCase(call)
    } catch (thrown) {
      const isLeft = call.signal.aborted && !(thrown instanceof Fault)
      await end({ result: 'Failed', ...(isLeft ? { error: LEFT } : auditFailure(thrown)) })
      throw thrown
    }
    crashPoint('record.acted')
    await end(await outcome(useCases, act, { call, given, before, answer }))
    return answer
  }
}

interface Done {
  readonly call: Call<Route>
  readonly given: Given
  readonly before: Seen | null
  readonly answer: unknown
}

async function outcome(useCases: UseCases, act: Act, { call, given, before, answer }: Done): Promise<How> {
  const parameters = [...given.parameters, ...toldBy(answer)]
  if (act.effect === 'reads') return { parameters }
  const id =
    act.effect === 'creates' ? guidOf((answer ?? {}) as Seen) : before ? (guidOf(before) ?? '') : answered(act, answer)
  const after =
    act.view === undefined || act.effect === 'removes' || id === null
      ? null
      : // What is done is done, also when it cannot be looked at any more.
        await seeObject(useCases, act.view, id, call).catch(() => null)
  const seen = after ?? before
  // Of what was seen only once nobody knows what has changed.
  const isKnown = act.effect === 'removes' || (after !== null && (before !== null || act.effect === 'creates'))
  return {
    parameters,
    modified: [...(isKnown ? changesOf(before, after) : []), ...given.secrets],
    ...(seen === null ? {} : objectOf(seen)),
  }
}

function answered(act: Act, answer: unknown): string | null {
  const name = act.answered && (answer as Seen)[act.answered]
  return typeof name === 'string' && name !== '' ? name : null
}

/** Of an uploaded file, how many users it has: what is in it is recorded nowhere. */
function toldBy(answer: unknown): { name: string; value: string }[] {
  const { csvFile, users } = (answer ?? {}) as { csvFile?: unknown; users?: unknown }
  if (typeof csvFile !== 'string' || typeof users !== 'number') return []
  return [
    { name: 'CsvFile', value: csvFile },
    { name: 'CSVData', value: users === 1 ? '1 user' : `${users} users` },
  ]
}
