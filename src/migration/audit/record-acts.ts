/**
 * The use cases with a record of what is done through them: a row is durable before the act, and ended after it. An act
 * that cannot be recorded is not done; a row that nobody ended tells that the outcome is unknown.
 */
import { randomUUID } from 'node:crypto'
import { crashPoint } from '#base/crash-point.ts'
import { Fault, asFault, bug } from '#base/fault.ts'
import type { Log } from '#base/log.ts'
import type { Call, UseCases } from '#contract/calls.ts'
import { ROUTES, type RouteName } from '#contract/routes/all.ts'
import type { Route } from '#contract/routes/route.ts'
import { type AuditEnd, type AuditObject, beginAudit, endAudit } from '#store/service/admin-audit.ts'
import { auditFailure } from '#store/service/audit-failure.ts'
import { auditName } from '#store/service/audit-text.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { ACTS, type Act } from './acts.ts'
import { type Given, givenTo } from './given.ts'
import { type Seen, changesOf, guidOf, objectOf, seeObject } from './see-object.ts'

export interface RecordDeps {
  readonly store: ServiceStore
  readonly log: Log
}

type AnyUseCase = (call: Call<Route>) => Promise<unknown>

const LEFT = 'The caller left before the end.'

export function recordActs(deps: RecordDeps, useCases: UseCases): UseCases {
  const recorded = Object.entries<Route>(ROUTES).flatMap(([name, route]) => {
    // What strangers try is told by the sign-in itself, which counts them, and knows what was not a name.
    const isNoAct = route.method === 'GET' || route.scope === 'public'
    const act = ACTS[name as RouteName] ?? (isNoAct ? null : { cmdlet: route.name })
    const useCase = useCases[name as RouteName] as unknown as AnyUseCase
    return act && useCase ? [[name, recordedAct(deps, useCases, route, act, useCase)] as const] : []
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
    const id = randomUUID()
    const given = givenTo(route, call)
    const before = await seenBefore(useCases, act, given, call)
    const named = before === null ? namedBy(act, given, call) : objectOf(before)
    const { name: caller, via, address: clientAddress } = call.principal
    if (via === 'Public') throw bug('AUDIT_PUBLIC', `nobody was asked who they are before ${route.name}`)
    const start = { id, caller: auditName(caller), via, clientAddress, cmdlet: act.cmdlet, ...named }
    await beginAudit(store, { ...start, parameters: given.parameters })
    crashPoint('record.begun')

    const end = async (how: Partial<AuditEnd>) => {
      const { parameters } = given
      const ended = {
        ...named,
        parameters,
        modified: [],
        result: 'Succeeded',
        errorCode: null,
        error: null,
        ...how,
      } as const
      // The act is done: who asked for it is told so, whatever becomes of its row.
      await endAudit(store, id, ended).catch((thrown: unknown) =>
        log.error('an act is not ended in the audit log', { id, cmdlet: act.cmdlet, code: asFault(thrown).code }),
      )
    }
    let answer: unknown
    try {
      answer = await useCase(call)
    } catch (thrown) {
      const isLeft = call.signal.aborted && !(thrown instanceof Fault)
      await end({ result: 'Failed', ...(isLeft ? { error: LEFT } : auditFailure(thrown)) })
      throw thrown
    }
    crashPoint('record.acted')
    if (route.answerType === 'csv') return toItsEnd(answer as AsyncIterable<string>, end)
    await end(await outcome(useCases, act, { call, given, before, answer }))
    return answer
  }
}

const identityOf = ({ fields }: Given): string | null => {
  const identity = fields['identity'] ?? fields['id']
  return typeof identity === 'string' ? identity : null
}

async function seenBefore(useCases: UseCases, act: Act, given: Given, call: Call<Route>): Promise<Seen | null> {
  if (act.view === undefined || act.effect === 'creates') return null
  // What there is but once has no identity.
  return await seeObject(useCases, act.view, identityOf(given) ?? '', call)
}

/** Of an object that is not there, or that nothing shows: as the caller called it. */
function namedBy(act: Act, given: Given, { principal }: Call<Route>): AuditObject {
  if (act.isOwn) return { object: auditName(principal.name), objectGuid: principal.administratorId }
  const { fields } = given
  const name = (act.named ?? ['identity', 'id', 'name']).map((field) => fields[field]).find((one) => one !== undefined)
  return { object: auditName(typeof name === 'string' ? name : ''), objectGuid: null }
}

interface Done {
  readonly call: Call<Route>
  readonly given: Given
  readonly before: Seen | null
  readonly answer: unknown
}

async function outcome(
  useCases: UseCases,
  act: Act,
  { call, given, before, answer }: Done,
): Promise<Partial<AuditEnd>> {
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

async function* toItsEnd(
  text: AsyncIterable<string>,
  end: (how: Partial<AuditEnd>) => Promise<void>,
): AsyncGenerator<string> {
  let how: Partial<AuditEnd> = { result: 'Failed', error: LEFT }
  try {
    yield* text
    how = {}
  } catch (thrown) {
    how = { result: 'Failed', ...auditFailure(thrown) }
    throw thrown
  } finally {
    await end(how)
  }
}
