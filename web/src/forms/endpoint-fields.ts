/** What the form of an endpoint shows, and what it sends. */
import type { MigrationEndpoint, NewEndpoint, SetEndpoint } from '#contract/endpoint.ts'
import { isPort } from './port-field.tsx'
import { PORTS, type Security } from './security-field.tsx'

export interface EndpointFields {
  /** Null: as the server is called. */
  readonly name: string | null
  readonly remoteServer: string
  readonly security: Security
  readonly port: string
  readonly acceptUntrustedCertificates: boolean
  readonly allowClearText: boolean
  /** Of a new one empty: what is usual. */
  readonly maxConcurrentMigrations: string
  readonly maxConcurrentIncrementalSyncs: string
}

/** Of a new one null. */
export const endpointFields = (endpoint: MigrationEndpoint | null): EndpointFields => ({
  name: endpoint?.identity ?? null,
  remoteServer: endpoint?.remoteServer ?? '',
  security: endpoint?.security ?? 'Ssl',
  port: endpoint === null ? PORTS.Ssl : String(endpoint.port),
  acceptUntrustedCertificates: endpoint?.acceptUntrustedCertificates ?? false,
  allowClearText: endpoint?.allowClearText ?? false,
  maxConcurrentMigrations: endpoint === null ? '' : String(endpoint.maxConcurrentMigrations),
  maxConcurrentIncrementalSyncs: endpoint === null ? '' : String(endpoint.maxConcurrentIncrementalSyncs),
})

export const nameOf = ({ name, remoteServer }: EndpointFields): string => (name ?? remoteServer).trim()

/** How the server is reached: what a test tries. */
export const connectionOf = (fields: EndpointFields) => ({
  remoteServer: fields.remoteServer.trim(),
  port: Number(fields.port),
  security: fields.security,
  acceptUntrustedCertificates: fields.acceptUntrustedCertificates,
  allowClearText: fields.allowClearText,
})

/** What the service takes where a new endpoint says nothing. */
export const USUAL_SLOTS = { maxConcurrentMigrations: '20', maxConcurrentIncrementalSyncs: '10' } as const

/** Incremental syncs are among the migrations: there may not be more of them. Null: there are not. */
export function tooManyIncrementals(fields: EndpointFields): { readonly most: string } | null {
  const migrations = fields.maxConcurrentMigrations || USUAL_SLOTS.maxConcurrentMigrations
  const incrementals = fields.maxConcurrentIncrementalSyncs || USUAL_SLOTS.maxConcurrentIncrementalSyncs
  return Number(incrementals) > Number(migrations) ? { most: migrations } : null
}

export const isComplete = (fields: EndpointFields, isNew: boolean): boolean =>
  tooManyIncrementals(fields) === null &&
  fields.remoteServer.trim() !== '' &&
  isPort(fields.port) &&
  nameOf(fields) !== '' &&
  (isNew || (fields.maxConcurrentMigrations !== '' && fields.maxConcurrentIncrementalSyncs !== ''))

export const newEndpoint = (fields: EndpointFields, skipVerification: boolean): NewEndpointBody => ({
  ...connectionOf(fields),
  name: nameOf(fields),
  ...slotsOf(fields),
  ...(skipVerification && { skipVerification }),
})
type NewEndpointBody = Partial<NewEndpoint> & Pick<NewEndpoint, 'name' | 'remoteServer'>

/** What was typed, and nothing else: the rest may have been changed by somebody else. */
export function setEndpoint(typed: Partial<EndpointFields>, skipVerification: boolean): SetEndpoint {
  const { remoteServer, port, security, acceptUntrustedCertificates, allowClearText } = typed
  return {
    ...(remoteServer !== undefined && { remoteServer: remoteServer.trim() }),
    ...(port !== undefined && { port: Number(port) }),
    ...(security !== undefined && { security }),
    ...(acceptUntrustedCertificates !== undefined && { acceptUntrustedCertificates }),
    ...(allowClearText !== undefined && { allowClearText }),
    ...slotsOf(typed),
    ...(skipVerification && { skipVerification }),
  }
}

const slotsOf = ({ maxConcurrentMigrations, maxConcurrentIncrementalSyncs }: Partial<EndpointFields>) => ({
  ...((maxConcurrentMigrations ?? '') !== '' && { maxConcurrentMigrations: Number(maxConcurrentMigrations) }),
  ...((maxConcurrentIncrementalSyncs ?? '') !== '' && {
    maxConcurrentIncrementalSyncs: Number(maxConcurrentIncrementalSyncs),
  }),
})
