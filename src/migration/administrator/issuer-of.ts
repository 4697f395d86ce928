import { currentIssuer } from '#store/service/openid-settings.ts'
import type { ServiceStore } from '#store/service/service-store.ts'

/** Whose a subject is that somebody names by hand: the provider's that is set up now; null: of the first that knows it. */
export const issuerOf = async (store: ServiceStore, subject: string | null): Promise<string | null> =>
  subject === null ? null : await currentIssuer(store)
