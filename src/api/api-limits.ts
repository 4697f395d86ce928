/** What one caller may cost the service. A test sets its own. */
import { LIMITS } from '#contract/limits.ts'

export interface ApiLimits {
  /** From the connection until all headers are there, ms. */
  readonly headersMs: number
  /** From the headers until a JSON body is there, and the longest a reader of a file may stall, ms. */
  readonly requestMs: number
  /** The same for a CSV file: 10 MB over a slow line. */
  readonly csvMs: number
  /** The same for a JSON body of a stranger. */
  readonly publicMs: number
  readonly jsonBytes: number
  /** The same where nobody is asked who they are: a name and a password. */
  readonly publicBytes: number
  readonly csvBytes: number
  readonly headerBytes: number
  /** Of bodies in memory, of all callers together. */
  readonly bodyBytes: number
  /** Of bodies in memory, of one caller; strangers are one together. */
  readonly callerBodyBytes: number
  /** TCP connections at once. */
  readonly connections: number
  /** Those from one network, trusted proxies aside. */
  readonly connectionsPerNetwork: number
  /** How long a body that is refused is still read, so that its sender sees the answer instead of a reset, ms. */
  readonly lingerMs: number
  /** How long running requests may take to end after `close`, ms. */
  readonly closeMs: number
  /** Between two comments on a silent event stream, ms. */
  readonly heartbeatMs: number
  /** Between two looks whether the token or session of an event stream is still good, and the longest for one, ms. */
  readonly recheckMs: number
  /** Wrong tokens of one address in a minute. */
  readonly failuresPerMinute: number
  /** Requests of one address in a minute that nobody has signed in for. */
  readonly strangersPerMinute: number
  /** Requests of one principal in a minute, uploads aside. */
  readonly requestsPerMinute: number
  readonly uploadsPerMinute: number
  /** Event streams that one principal may have open. */
  readonly streams: number
}

export const API_LIMITS: ApiLimits = {
  headersMs: 30_000,
  requestMs: 60_000,
  csvMs: 600_000,
  publicMs: 10_000,
  jsonBytes: 5 * 1_048_576,
  publicBytes: 16_384,
  csvBytes: LIMITS.csvBytes,
  headerBytes: 16_384,
  bodyBytes: 128 * 1_048_576,
  // Three of the largest files.
  callerBodyBytes: 32 * 1_048_576,
  // Fewer than the descriptors of a process with the usual limit of 1024; the database and the log take some, too.
  connections: 800,
  connectionsPerNetwork: 200,
  lingerMs: 2_000,
  closeMs: 10_000,
  heartbeatMs: 15_000,
  // Twice that is well below the 30 s in which a stream ends (architecture.md §6.3).
  recheckMs: 10_000,
  failuresPerMinute: 10,
  strangersPerMinute: 600,
  // One cmdlet after another over a pipe is some 50 a second.
  requestsPerMinute: 6_000,
  uploadsPerMinute: 120,
  // One for each window of the admin center.
  streams: 20,
}

/** Unsent bytes for one client, after which what is written to it waits. */
export const UNSENT_BYTES = 65_536
