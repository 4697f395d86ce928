/** What a route becomes on either side of HTTP: a use case that answers, and a client that asks. */
import type { z } from 'zod'
import type { Scope, ServiceEvent } from './organization.ts'
import type { ROUTES, RouteName } from './routes/all.ts'
import type { Access, Route } from './routes/route.ts'

/** Whom a token or a sign-in belongs to. */
export interface Account {
  /** For SubmittedByUser and the audit log. */
  readonly name: string
  readonly scopes: readonly Scope[]
  /** Whoever opens the socket is the local administrator; all others sign in, but for public routes. */
  readonly via: 'Socket' | 'Token' | 'Session' | 'Public'
  /** Who signed in, or owns the token; null: the local administrator, whom no row stands for, or nobody yet. */
  readonly administratorId: string | null
  /** Whose name may be given again when it is revoked. */
  readonly tokenId?: string
  /** Then the scopes are none: only the password may be changed. */
  readonly mustChangePassword?: boolean
}

/** Who asks, and from where. */
export interface Principal extends Account {
  /** The network address that the request came from; null over the socket. */
  readonly address: string | null
}

/** `migration` may what `view` may, `organization` may all. */
export const SCOPE_RANK: Readonly<Record<Scope, number>> = { view: 0, migration: 1, organization: 2 }

export function mayCall({ scopes, via }: Pick<Account, 'scopes' | 'via'>, { scope }: { scope: Access }): boolean {
  switch (scope) {
    case 'public':
      return true
    case 'signed-in':
      return via !== 'Public'
    case 'session':
      return via === 'Session'
    case 'local':
      return via === 'Socket'
    case 'view':
    case 'migration':
    case 'organization':
    default:
      return scopes.some((held) => SCOPE_RANK[held] >= SCOPE_RANK[scope])
  }
}

/** If-Match: the change is made only to what its caller has seen. */
export interface Precondition {
  /**
   * Throws PRECONDITION_FAILED. `current` has at least the fields of the route's tag, as the API shows them, and is locked
   * until the change is made: two that saw the same do not both change it.
   */
  check(current: object): void
}

/** The browser's session cookie: a few use cases begin and end sessions, and none answers an id. */
export interface SessionSeat {
  /** What the caller came with; null: no session. */
  readonly id: string | null
  begin(id: string): void
  end(): void
}

/** For calls that no browser makes. */
export const NO_SESSION: SessionSeat = { id: null, begin() {}, end() {} }

/** Where a browser goes next. */
export interface Departure {
  /** A URL, or a path of this service. */
  readonly to: string
  /** `step`: over a page of ours, so that the next request comes from this site (api/browser-page.ts). */
  readonly by: 'redirect' | 'step'
}

export interface EmlFile {
  readonly fileName: string
  readonly bytes: Uint8Array
}

/** A file in UTF-8, made while it is read. */
export interface TextFile {
  readonly fileName: string
  readonly text: AsyncIterable<string>
}

/** A CSV file, made while it is read. */
export interface CsvText extends AsyncIterable<string> {
  /** Left out: as it is called in the path. */
  readonly fileName?: string
}

/** Parsed and checked input of a use case. */
export interface Call<R extends Route> {
  readonly params: z.output<R['params']>
  readonly query: z.output<R['query']>
  readonly body: R['bodyType'] extends 'csv' ? AsyncIterable<Uint8Array> : z.output<R['body']>
  readonly principal: Principal
  readonly precondition?: Precondition | undefined
  readonly session: SessionSeat
  /**
   * The id of what is created, where the request has an Idempotency-Key: the same when it comes again after a crash. What
   * is there with it is answered, and not made again.
   */
  readonly newId?: string | undefined
  /** The cookie of a browser that is on its way to the provider of OpenID Connect and back. */
  readonly openIdSeat?: SessionSeat
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal
}

export type Answer<R extends Route> = R['answerType'] extends 'csv'
  ? CsvText
  : R['answerType'] extends 'text'
    ? TextFile
    : R['answerType'] extends 'eml'
      ? EmlFile
      : R['answerType'] extends 'events'
        ? AsyncIterable<ServiceEvent>
        : R['answerType'] extends 'page'
          ? Departure
          : [z.output<R['answer']>] extends [undefined]
            ? void
            : z.output<R['answer']>

export type UseCase<R extends Route> = (call: Call<R>) => Promise<Answer<R>>
/** The service behind the API: one use case for each route. */
export type UseCases = { readonly [Name in RouteName]: UseCase<(typeof ROUTES)[Name]> }

/** What a client sends; defaults may be left out. */
export interface Ask<R extends Route> {
  readonly params?: z.input<R['params']>
  readonly query?: z.input<R['query']>
  readonly body?: R['bodyType'] extends 'csv' ? AsyncIterable<Uint8Array> | Uint8Array : z.input<R['body']>
}
