import type { MigrationEndpoint } from '#contract/endpoint.ts'
import type { EndpointRow, StoredEndpoint } from '#store/service/endpoints.ts'

/** As it is while it is locked: nobody asks then how many slots are in use, or who uses it. */
export const showStored = (row: StoredEndpoint): MigrationEndpoint =>
  showEndpoint({ ...row, active_migrations: 0, active_incremental: 0, batches: [] })

export const showEndpoint = (row: EndpointRow): MigrationEndpoint => ({
  identity: row.name,
  guid: row.id,
  endpointType: row.type,
  remoteServer: row.remote_server,
  port: row.port,
  security: row.security,
  authentication: row.authentication,
  acceptUntrustedCertificates: row.accept_untrusted,
  allowClearText: row.allow_clear_text,
  maxConcurrentMigrations: row.max_migrations,
  maxConcurrentIncrementalSyncs: row.max_incremental,
  activeMigrationCount: row.active_migrations,
  activeIncrementalSyncCount: row.active_incremental,
  batches: [...row.batches],
  creationDateTime: row.created_at.toISOString(),
  lastModifiedDateTime: row.modified_at.toISOString(),
})
