/** The only place that spells the addresses of pages, and says whom each is for. */
const part = encodeURIComponent

export const paths = {
  home: () => '/',
  batches: () => '/migration/batches',
  batch: (batch: string) => `/migration/batches/${part(batch)}`,
  user: (batch: string, user: string) => `/migration/batches/${part(batch)}/users/${part(user)}`,
  newBatch: () => '/migration/new-batch',
  endpoints: () => '/migration/endpoints',
  endpoint: (endpoint: string) => `/migration/endpoints/${part(endpoint)}`,
  databases: () => '/migration/databases',
  database: (database: string) => `/migration/databases/${part(database)}`,
  workers: () => '/migration/workers',
  settings: (page: string) => `/settings/${part(page)}`,
  administrators: () => '/organization/administrators',
  administrator: (administrator: string) => `/organization/administrators/${part(administrator)}`,
  tokens: () => '/organization/tokens',
  account: () => '/account',
  password: () => '/account/password',
}

export type PathName = keyof typeof paths
/** Scopes of the contract, which tests could not follow from here. */
type Scope = 'view' | 'migration' | 'organization'

/**
 * The least that one must be allowed to open each: whoever may less is told so instead of being shown it (may-not.tsx).
 * A page on which one looks and changes things has `view`, and shows its commands by useMay alone.
 */
export const SCOPE_OF_PATH: Readonly<Record<PathName, Scope>> = {
  home: 'view',
  batches: 'view',
  batch: 'view',
  user: 'view',
  newBatch: 'migration',
  endpoints: 'view',
  endpoint: 'view',
  databases: 'view',
  database: 'view',
  workers: 'view',
  settings: 'view',
  administrators: 'organization',
  administrator: 'organization',
  tokens: 'organization',
  account: 'view',
  password: 'view',
}
