/** What the dashboard shows beside batches and users: how fast it goes, what waits, what fails, how long it takes. */
import { z } from 'zod'
import { BATCH_STATUSES } from './states.ts'
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

const Batch = { identity: z.string(), batchGuid: z.uuid() }

/** Users that have the same error now. `GET /users?errorType=…` lists them. */
export const Failure = z.object({
  /** Exchange's name of the error where it has one, else ours (docs/errors.md). */
  errorType: z.string(),
  /** Users that have failed: they wait for somebody. */
  failedCount: z.int(),
  /** Users that are tried again by themselves. */
  retryingCount: z.int(),
  /** Most failed users first. */
  batches: z.array(z.object({ ...Batch, failedCount: z.int(), retryingCount: z.int() })),
  /** The error and the remedy of the user that met it last. */
  message: z.string(),
  remedy: z.string(),
})
export type Failure = z.infer<typeof Failure>

export const FailureQuery = z.object({ batch: Identity.optional() })

/** Why a forecast says nothing. */
export const NO_FORECAST = ['NothingLeft', 'NothingListed', 'TooEarly'] as const

const FORECAST = `When all mailboxes that are on their way, in started batches and in those that are not, are past their
initial sync, if migration goes on without a pause. It is made of the messages that are left, where a source that was not
listed yet counts as the mean of those that were, and of what initial syncs carried in an hour. Of the last 14 days those
whole hours count in which something was carried, and before and after which something was, too: the median makes
"expected", the upper quartile "earliest", the lower one "latest". With fewer than six of these, periods of five minutes
of the last two days take their place; with fewer than three of those nothing is said. Failed and stopped users are not
counted.`.replaceAll('\n', ' ')

export const Forecast = z
  .object({
    mailboxesLeft: z.int(),
    /** Null while no source has been listed. */
    itemsLeft: z.int().nullable(),
    /** How many hours or periods it stands on. */
    samples: z.int(),
    itemsPerHour: z.object({ low: z.int(), median: z.int(), high: z.int() }).nullable(),
    earliest: DateTime.nullable(),
    expected: DateTime.nullable(),
    latest: DateTime.nullable(),
    /** Null where it says something. */
    reason: z.enum(NO_FORECAST).nullable(),
  })
  .describe(FORECAST)
export type Forecast = z.infer<typeof Forecast>

/** How long a batch took to its initial sync, from its first start. */
export const RunTime = z.object({
  ...Batch,
  isArchived: z.boolean(),
  startDateTime: DateTime,
  duration: TimeSpan,
  totalCount: z.int(),
  itemsSynced: z.int(),
  bytesTransferred: z.int(),
})
export type RunTime = z.infer<typeof RunTime>

export const Dashboard = z.object({
  /** Batches of which something runs, by name. */
  running: z.array(
    z.object({
      ...Batch,
      status: z.enum(BATCH_STATUSES),
      percentageSynced: z.number(),
      totalCount: z.int(),
      activeCount: z.int(),
      failedCount: z.int(),
      itemsPerMinute: z.int().nullable(),
      bytesTransferredPerMinute: z.int().nullable(),
      estimatedCompletionDateTime: DateTime.nullable(),
    }),
  ),
  /** By endpoint, initial syncs first. */
  queue: z.array(
    z.object({
      endpoint: z.string(),
      kind: z.enum(['Initial', 'Incremental']),
      /** Users that could run if there were a slot for them. */
      waitingCount: z.int(),
      usedSlots: z.int(),
      maxSlots: z.int(),
    }),
  ),
  /** That are alive. */
  workers: z.object({ count: z.int(), capacity: z.int(), active: z.int() }),
  forecast: Forecast,
  /** Newest first, at most 200: of batches that are there and of archived ones. */
  runTimes: z.array(RunTime),
})
export type Dashboard = z.infer<typeof Dashboard>
