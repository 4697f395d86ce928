import type { OutgoingRules } from '#mailbox/imap/reach.ts'
import type { Secrets } from '#store/secrets.ts'
import type { ServiceStore } from '#store/service/service-store.ts'

/** What telling people stands on. */
export interface NotificationDeps {
  readonly store: ServiceStore
  readonly secrets: Secrets
  /** Mail servers and hooks are reached by the rules of endpoints. */
  readonly outgoing: OutgoingRules
  /** Under which people reach this service, for links; null: commands are named instead. */
  readonly publicUrl: string | null
}
