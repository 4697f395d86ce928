/** Whether somebody else could read a password that was entered for what was there before. */
import type { MigrationEndpoint } from '#contract/endpoint.ts'

export interface Way {
  readonly server: string | null
  /** As it is used, not as it was left out. */
  readonly port: number | null
  readonly security: MigrationEndpoint['security'] | null
  readonly accept_untrusted: boolean
  readonly allow_clear_text: boolean
}

/**
 * Another server or port, or less protection on the way there. Whoever may change these must not get with them a password
 * that somebody else has entered: it has to come with the change.
 */
export const goesElsewhere = (before: Way, after: Way): boolean =>
  before.server !== after.server ||
  before.port !== after.port ||
  (before.security !== 'None' && after.security === 'None') ||
  (!before.accept_untrusted && after.accept_untrusted) ||
  (!before.allow_clear_text && after.allow_clear_text)
