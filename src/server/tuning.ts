/** Numbers that only tests and benches turn, from WAYBILL_TUNING (JSON): never needed in real life. */
import { Fault } from '#base/fault.ts'
import type { PassOptions } from '#engine/pass/options.ts'
import type { Deadlines } from '#imap/deadlines.ts'
import type { LedgerOptions } from '#store/ledger/types.ts'

const PASS = [
  'settleMs',
  'retryMs',
  'mostFaults',
  'lanes',
  'mostLanes',
  'groupMessages',
  'groupBytes',
  'depth',
] as const
const LEASE = ['leaseMs', 'marginMs', 'settleMs', 'waitMs'] as const
const SERVICE = [
  'heartbeatSeconds',
  'mostDeaths',
  'workerTimeoutMs',
  'incrementalMs',
  'mostTransient',
  'againMs',
  'leastReportMs',
  'reportAgainMs',
  'reportClaimMs',
  'reportForMs',
  'reportPollMs',
  'graceMs',
  'hygieneMs',
  'sessionIdleMs',
  'sessionMs',
  'recheckMs',
  'keyLeaseMs',
] as const
const DEADLINES = ['connectMs', 'tlsMs', 'greetingMs', 'loginMs', 'silenceMs', 'appendMs', 'lingerMs'] as const

export interface Tuning {
  readonly pass: Partial<PassOptions>
  readonly lease: LedgerOptions
  readonly deadlines: Partial<Deadlines>
  /** Seconds without a heartbeat after which a worker counts as dead, and its like. */
  readonly service: { readonly [name in (typeof SERVICE)[number]]?: number }
}

export function tuningFromEnvironment(): Tuning {
  const text = process.env['WAYBILL_TUNING']
  if (!text) return { pass: {}, lease: {}, deadlines: {}, service: {} }
  let given: Record<string, unknown>
  try {
    given = JSON.parse(text) as Record<string, unknown>
  } catch {
    throw new Fault({
      code: 'TUNING',
      scope: 'request',
      transient: false,
      message: 'WAYBILL_TUNING is not JSON.',
      remedy: 'Unset it.',
    })
  }
  const pick = (names: readonly string[]) =>
    Object.fromEntries(names.flatMap((name) => (typeof given[name] === 'number' ? [[name, given[name]]] : [])))
  return { pass: pick(PASS), lease: pick(LEASE), deadlines: pick(DEADLINES), service: pick(SERVICE) }
}
