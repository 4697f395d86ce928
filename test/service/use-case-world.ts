/** Use cases called as the server calls them: input parsed by the route, a principal, a signal. */
import type { Answer, Ask, Principal, SessionSeat, UseCase, UseCases } from '#contract/calls.ts'
import { ROUTES, type RouteName } from '#contract/routes/all.ts'
import type { Route } from '#contract/routes/route.ts'
import { type ConnectionTester, connectionTester } from '#migration/endpoint/connection-tester.ts'
import type { OutgoingRules } from '#mailbox/imap/reach.ts'

export const administrator: Principal = {
  name: 'administrator',
  scopes: ['organization'],
  via: 'Socket',
  address: null,
  administratorId: null,
}

/** Remembers what would be the cookie. */
export class Seat implements SessionSeat {
  id: string | null = null
  begin(id: string): void {
    this.id = id
  }
  end(): void {
    this.id = null
  }
}

export type Asking<Names extends RouteName> = <Name extends Names>(
  name: Name,
  ask?: Ask<(typeof ROUTES)[Name]>,
  principal?: Principal,
  session?: SessionSeat,
) => Promise<Answer<(typeof ROUTES)[Name]>>

export function asking<Names extends RouteName>(useCases: Pick<UseCases, Names>): Asking<Names> {
  return async (name, ask = {}, principal = administrator, session = new Seat()) => {
    const route: Route = ROUTES[name]
    const call = {
      params: route.params.parse(ask.params ?? {}),
      query: route.query.parse(ask.query ?? {}),
      body: route.body.parse(ask.body),
      principal,
      session,
      signal: new AbortController().signal,
    }
    const useCase = useCases[name] as unknown as UseCase<Route>
    return (await useCase(call)) as Answer<(typeof ROUTES)[typeof name]>
  }
}

/** Mail servers of tests are on this machine. */
export const loopbackAllowed: OutgoingRules = { allowLoopback: true }

export const hastyTester = (deadlineMs = 5_000): ConnectionTester =>
  connectionTester({ outgoing: loopbackAllowed, deadlineMs })
