/** The only place that spells the addresses of pages, and says whom each is for. */
const part = encodeURIComponent

export const paths = {
  home: () => '/',
  dashboard: () => '/dashboard',
  batches: () => '/migration/batches',
  batch: (batch: string) => `/migration/batches/${part(batch)}`,
  user: (batch: string, user: string) => `/migration/batches/${part(batch)}/users/${part(user)}`,
  users: () => '/migration/users',
  /** By its Guid: an address may stand in several batches. */
  anyUser: (user: string) => `/migration/users/${part(user)}`,
  newBatch: () => '/migration/new-batch',
  endpoints: () => '/migration/endpoints',
  endpoint: (endpoint: string) => `/migration/endpoints/${part(endpoint)}`,
  databases: () => '/migration/databases',
  database: (database: string) => `/migration/databases/${part(database)}`,
  workers: () => '/migration/workers',
  settings: (page: string) => `/settings/${part(page)}`,
  reports: () => '/reports',
  report: (report: string) => `/reports/${part(report)}`,
  administrators: () => '/organization/administrators',
  administrator: (administrator: string) => `/organization/administrators/${part(administrator)}`,
  tokens: () => '/organization/tokens',
  auditLog: () => '/organization/audit-log',
  auditEntry: (entry: string) => `/organization/audit-log/${part(entry)}`,
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
  dashboard: 'view',
  batches: 'view',
  batch: 'view',
  user: 'view',
  users: 'view',
  anyUser: 'view',
  newBatch: 'migration',
  endpoints: 'view',
  endpoint: 'view',
  databases: 'view',
  database: 'view',
  workers: 'view',
  settings: 'view',
  reports: 'view',
  report: 'view',
  administrators: 'organization',
  administrator: 'organization',
  tokens: 'organization',
  auditLog: 'organization',
  auditEntry: 'organization',
  account: 'view',
  password: 'view',
}

interface UsersShown {
  /** Left out: of all batches. */
  readonly batch?: string
  /** A status summary. */
  readonly show: string
  readonly error?: string
}

/** The rows behind a number of users. */
export function usersShown({ batch, ...filters }: UsersShown): string {
  const [to, prefix] = batch === undefined ? ['/migration/users', ''] : [paths.batch(batch), 'users-']
  const search = new URLSearchParams(
    Object.entries(filters).map(([name, value]): [string, string] => [prefix + name, value]),
  )
  return `${to}?${search.toString()}`
}
