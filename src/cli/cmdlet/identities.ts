/** Identity parameters, and what a pipe brings for them. */
import type { Parameter } from './declare.ts'

export const BATCH_OBJECTS = { MigrationBatch: ['BatchGuid', 'Identity'] } as const
/** An address may stand in several batches: the Guid comes first. */
export const USER_OBJECTS = {
  MigrationUser: ['Guid', 'Identity'],
  MigrationUserStatistics: ['Guid', 'Identity'],
} as const
export const ENDPOINT_OBJECTS = { MigrationEndpoint: ['Guid', 'Identity'] } as const
export const DATABASE_OBJECTS = { MailboxDatabase: ['Guid', 'Identity'] } as const
export const ADMINISTRATOR_OBJECTS = { Administrator: ['Guid', 'Identity'] } as const
export const REPORT_OBJECTS = { MigrationReport: ['Identity'] } as const

export const batchIdentity = {
  type: 'string',
  mandatory: true,
  position: 0,
  fromPipeline: BATCH_OBJECTS,
  completes: 'batches',
  help: 'Name or BatchGuid of the batch.',
} as const satisfies Parameter

export const userIdentity = {
  type: 'string',
  mandatory: true,
  position: 0,
  fromPipeline: USER_OBJECTS,
  help: 'Address or Guid of the user.',
} as const satisfies Parameter

/** Ours: Exchange's users are in one batch. */
export const userBatch = {
  type: 'string',
  completes: 'batches',
  help: 'Name or Guid of the batch, where the address stands in several.',
} as const satisfies Parameter

export const endpointIdentity = {
  type: 'string',
  mandatory: true,
  position: 0,
  fromPipeline: ENDPOINT_OBJECTS,
  completes: 'endpoints',
  help: 'Name or Guid of the endpoint.',
} as const satisfies Parameter

export const databaseIdentity = {
  type: 'string',
  mandatory: true,
  position: 0,
  fromPipeline: DATABASE_OBJECTS,
  completes: 'databases',
  help: 'Name or Guid of the mailbox database.',
} as const satisfies Parameter

export const administratorIdentity = {
  type: 'string',
  mandatory: true,
  position: 0,
  fromPipeline: ADMINISTRATOR_OBJECTS,
  completes: 'administrators',
  help: 'User name or Guid of the administrator.',
} as const satisfies Parameter

export const resultSize = {
  type: 'count',
  default: '1000',
  help: 'The most results to return, or Unlimited.',
} as const satisfies Parameter
