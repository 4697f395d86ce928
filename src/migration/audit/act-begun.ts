/** What is known of an act before it is done: who asks, for what, and the object as it is. */
import { randomUUID } from 'node:crypto'
import { bug } from '#base/fault.ts'
import type { Call, UseCases } from '#contract/calls.ts'
import type { Route } from '#contract/routes/route.ts'
import type { AuditEnd, AuditObject, AuditStart } from '#store/service/admin-audit.ts'
import { auditFailure } from '#store/service/audit-failure.ts'
import { auditName } from '#store/service/audit-text.ts'
import type { Act } from './acts.ts'
import { type Given, givenTo } from './given.ts'
import { type Seen, objectOf, seeObject } from './see-object.ts'

export interface ActBegun {
  readonly given: Given
  readonly before: Seen | null
  readonly start: AuditStart
}

export async function actBegun(useCases: UseCases, route: Route, act: Act, call: Call<Route>): Promise<ActBegun> {
  const given = givenTo(route, call)
  const before = await seenBefore(useCases, act, given, call)
  const named = before === null ? namedBy(act, given, call) : objectOf(before)
  const { name: caller, via, address: clientAddress } = call.principal
  if (via === 'Public') throw bug('AUDIT_PUBLIC', `nobody was asked who they are before ${route.name}`)
  const { cmdlet } = act
  const { parameters } = given
  const start = { id: randomUUID(), caller: auditName(caller), via, clientAddress, cmdlet, parameters, ...named }
  return { given, before, start }
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

export type How = Partial<Omit<AuditEnd, 'result'>> & { readonly result?: AuditEnd['result'] }

/** @param how what is other than of an act that succeeded and changed nothing */
export const endOf = ({ object, objectGuid, parameters }: AuditStart, how: How): AuditEnd => ({
  object,
  objectGuid,
  parameters,
  modified: [],
  result: 'Succeeded',
  errorCode: null,
  error: null,
  ...how,
})

export const LEFT = 'The caller left before the end.'

/** A file as it goes out; `end` is told how that went. */
export async function* toItsEnd(text: AsyncIterable<string>, end: (how: How) => Promise<void>): AsyncGenerator<string> {
  let how: How = { result: 'Failed', error: LEFT }
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
