import type { Clock } from '#base/clock.ts'
import type { Secrets } from '#store/secrets.ts'
import type { ServiceStore } from '#store/service/service-store.ts'

/** What use cases stand on. */
export interface ServiceDeps {
  readonly store: ServiceStore
  readonly secrets: Secrets
  readonly clock: Clock
}
