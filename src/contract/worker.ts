/** A process that runs passes, on whatever host. */
import { z } from 'zod'
import { DateTime } from './values.ts'

export const MigrationWorker = z.object({
  /** Host and pid. */
  identity: z.string(),
  name: z.string(),
  host: z.string(),
  version: z.string(),
  /** Those that mail servers must let in: of the host, or as its setting outgoingAddresses says. */
  addresses: z.array(z.string()),
  /** Local ends of its connections to mail servers, the latest first; behind NAT, not what the servers see. */
  usedAddresses: z.array(z.string()),
  capacity: z.int(),
  active: z.int(),
  startDateTime: DateTime,
  lastHeartbeat: DateTime,
  isAlive: z.boolean(),
})
export type MigrationWorker = z.infer<typeof MigrationWorker>
