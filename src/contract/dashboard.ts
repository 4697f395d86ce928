/** What the dashboard shows beside batches and users: how fast it goes, what waits, what fails, how long it takes. */
import { z } from 'zod'
import { DateTime, Identity, TimeSpan } from './values.ts'

export const ThroughputQuery = z.object({
  /** Left out: a day before `to`. */
  from: DateTime.optional(),
  /** Left out: now. */
  to: DateTime.optional(),
  /** Raised to what is kept of so long ago, and to what makes at most 1,500 steps. */
  step: TimeSpan.optional(),
  /** The endpoint's name; one that was removed has kept its figures. */
  endpoint: Identity.optional(),
  /** A batch that is there, or one that is archived. */
  batch: Identity.optional(),
})

export const Throughput = z.object({
  /** Where the first step begins. */
  from: DateTime,
  to: DateTime,
  step: TimeSpan,
  /** Oldest first; steps in which nothing was carried are absent. */
  points: z.array(
    z.object({
      dateTime: DateTime.describe('Where the step begins'),
      endpoint: z.string(),
      itemsTransferred: z.int(),
      bytesTransferred: z.int(),
    }),
  ),
})
export type Throughput = z.infer<typeof Throughput>
