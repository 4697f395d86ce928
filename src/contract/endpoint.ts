/** MigrationEndpoint (exchange-semantics.md §1.1): where mail comes from, and how many passes it bears at once. */
import { z } from 'zod'
import { LIMITS } from './limits.ts'
import { DateTime, HostName, Identity, Name, Port, Security, Slots } from './values.ts'

export const EndpointType = z.enum(['IMAP'])
export const Authentication = z.enum(['Basic'])

export const MigrationEndpoint = z.object({
  identity: z.string(),
  guid: z.uuid(),
  endpointType: EndpointType,
  remoteServer: z.string(),
  port: Port,
  security: Security,
  authentication: Authentication,
  acceptUntrustedCertificates: z.boolean(),
  allowClearText: z.boolean(),
  maxConcurrentMigrations: z.int(),
  maxConcurrentIncrementalSyncs: z.int(),
  /** Slots in use now. */
  activeMigrationCount: z.int(),
  activeIncrementalSyncCount: z.int(),
  /** Names of the batches that use it; as long as there are any, it cannot be removed. */
  batches: z.array(z.string()),
  creationDateTime: DateTime,
  lastModifiedDateTime: DateTime,
})
export type MigrationEndpoint = z.infer<typeof MigrationEndpoint>

/** The port of a security mode where none is given. */
export const defaultPort = (security: z.output<typeof Security>): number => (security === 'Ssl' ? 993 : 143)

/** How an IMAP server is reached. IMAP endpoints carry no credentials: they are in the CSV rows. */
export const ConnectionSettings = z.object({
  remoteServer: HostName,
  /** Left out: 993 with Ssl, else 143. */
  port: Port.optional(),
  security: Security.default('Ssl'),
  authentication: Authentication.default('Basic'),
  acceptUntrustedCertificates: z.boolean().default(false),
  /** Security None to anything but loopback. */
  allowClearText: z.boolean().default(false),
})
export type ConnectionSettings = z.infer<typeof ConnectionSettings>

export const NewEndpoint = ConnectionSettings.extend({
  name: Name,
  endpointType: EndpointType.default('IMAP'),
  maxConcurrentMigrations: Slots.default(LIMITS.migrations),
  maxConcurrentIncrementalSyncs: Slots.default(LIMITS.incrementalSyncs),
  skipVerification: z.boolean().default(false),
})
export type NewEndpoint = z.infer<typeof NewEndpoint>

/** Name and type stay as they are. */
export const SetEndpoint = z
  .object({
    remoteServer: HostName,
    port: Port,
    security: Security,
    authentication: Authentication,
    acceptUntrustedCertificates: z.boolean(),
    allowClearText: z.boolean(),
    maxConcurrentMigrations: Slots,
    maxConcurrentIncrementalSyncs: Slots,
    skipVerification: z.boolean(),
  })
  .partial()
export type SetEndpoint = z.infer<typeof SetEndpoint>

/** Test-MigrationServerAvailability: of an endpoint that is there, or of settings that may become one. */
export const TestConnection = z.union([
  z.object({ endpoint: Identity }),
  ConnectionSettings.extend({ endpointType: EndpointType.default('IMAP') }),
])
export type TestConnection = z.infer<typeof TestConnection>

export const ConnectionTest = z.object({
  result: z.enum(['Success', 'Failed']),
  message: z.string(),
  /** What to do about it; empty when nothing is wrong. */
  errorDetail: z.string(),
  connectionSettings: ConnectionSettings.extend({ port: Port }),
  supportsCutover: z.literal(false),
  isValid: z.literal(true),
})
export type ConnectionTest = z.infer<typeof ConnectionTest>
