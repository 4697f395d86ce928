/** The only place that spells the addresses of pages. */
const part = encodeURIComponent

export const paths = {
  home: () => '/',
  batches: () => '/migration/batches',
  batch: (batch: string) => `/migration/batches/${part(batch)}`,
  user: (batch: string, user: string) => `/migration/batches/${part(batch)}/users/${part(user)}`,
  newBatch: () => '/migration/new-batch',
  password: () => '/account/password',
}
