import { randomUUID } from 'node:crypto'
import { nameTaken } from '#base/request-faults.ts'
import type { Call } from '#contract/calls.ts'
import { type MigrationEndpoint, defaultPort } from '#contract/endpoint.ts'
import type { createEndpoint as createRoute } from '#contract/routes/endpoints.ts'
import { endpointWithId, insertEndpoint, isEndpointName } from '#store/service/endpoints.ts'
import { checkClearText, checkSlots } from './endpoint-rules.ts'
import type { EndpointDeps } from './endpoint-use-cases.ts'
import { showEndpoint } from './show-endpoint.ts'

/** Contacts the server first: what cannot be reached is not stored, unless the caller insists. */
export async function createEndpoint(
  { store, tester }: EndpointDeps,
  call: Call<typeof createRoute>,
): Promise<MigrationEndpoint> {
  const { body, newId } = call
  const made = newId === undefined ? null : await endpointWithId(store, newId)
  if (made) return showEndpoint(made)
  const settings = { ...body, port: body.port ?? defaultPort(body.security) }
  checkSlots(settings)
  checkClearText(settings.remoteServer, settings)
  // Before somebody's server is bothered; what counts is the insertion below.
  if (await isEndpointName(store, body.name)) throw nameTaken('migration endpoint', body.name)
  if (!body.skipVerification) await tester.test(settings, call)
  const row = await insertEndpoint(store, {
    id: newId ?? randomUUID(),
    name: body.name,
    type: body.endpointType,
    remote_server: settings.remoteServer,
    port: settings.port,
    security: settings.security,
    authentication: settings.authentication,
    accept_untrusted: settings.acceptUntrustedCertificates,
    allow_clear_text: settings.allowClearText,
    max_migrations: settings.maxConcurrentMigrations,
    max_incremental: settings.maxConcurrentIncrementalSyncs,
  })
  return showEndpoint(row)
}
