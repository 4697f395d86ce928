/**
 * The one error tree of Waybill. Only Faults cross a room's edge; code that retries reads `scope` and
 * `transient` and nothing else, so a new server quirk is one line in a table, never a new `if`.
 */

/** What an error belongs to; a wider scope stops more work (transfer-engine.md §8). */
export type FaultScope = 'item' | 'folder' | 'mailbox' | 'login' | 'endpoint' | 'instance' | 'request' | 'bug'

/** Ids, sizes, folder names, the server's own words. Never a secret, never message text. */
export type Facts = Readonly<Record<string, string | number | boolean | null>>

export interface FaultInit {
  /** Stable, greppable, documented in docs/errors.md: `AUTH_REFUSED`, `TARGET_OVER_QUOTA`. */
  readonly code: string
  readonly scope: FaultScope
  /** True when trying again later may succeed with nothing changed by hand. */
  readonly transient: boolean
  /** One sentence for the administrator: what, where, and why in the server's own words. */
  readonly message: string
  /** What to do about it, as an imperative sentence. */
  readonly remedy?: string
  readonly facts?: Facts
  readonly cause?: unknown
  /** How long the server asked us to wait, in ms. */
  readonly waitMs?: number
}

export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: string
  readonly scope: FaultScope
  readonly transient: boolean
  readonly remedy: string | null
  readonly facts: Facts
  readonly waitMs: number | null

  constructor(init: FaultInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause })
    this.code = init.code
    this.scope = init.scope
    this.transient = init.transient
    this.remedy = init.remedy ?? null
    this.facts = init.facts ?? {}
    this.waitMs = init.waitMs ?? null
  }
}

/** An impossible state: fails the pass, keeps the evidence. `id` is greppable in our source. */
export function bug(id: string, message: string, facts: Facts = {}): Fault {
  return new Fault({
    code: 'BUG',
    scope: 'bug',
    transient: false,
    message: `internal error ${id}: ${message}`,
    remedy: 'Report this with the log of the run; nothing was marked as done that is not.',
    facts: { ...facts, bug: id },
  })
}

/** Whatever was thrown, as a Fault: unknown errors are bugs, never silently transient. */
export function asFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  return new Fault({
    code: 'BUG',
    scope: 'bug',
    transient: false,
    message: `internal error: ${text}`,
    remedy: 'Report this with the log of the run; nothing was marked as done that is not.',
    cause: thrown,
  })
}
