import type { MigrationEndpoint } from '#contract/endpoint.ts'
import type { EndpointRow } from '#store/service/endpoints.ts'

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
  creationDateTime: row.created_at.toISOString(),
  lastModifiedDateTime: row.modified_at.toISOString(),
})
