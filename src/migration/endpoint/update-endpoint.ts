import { stateForbids } from '#base/request-faults.ts'
import type { Call } from '#contract/calls.ts'
import type { MigrationEndpoint } from '#contract/endpoint.ts'
import type { updateEndpoint as updateRoute } from '#contract/routes/endpoints.ts'
import { type StoredEndpoint, changeEndpoint, findEndpoint } from '#store/service/endpoints.ts'
import { checkClearText, checkSlots } from './endpoint-rules.ts'
import type { EndpointDeps } from './endpoint-use-cases.ts'
import { showEndpoint, showStored } from './show-endpoint.ts'

type Body = Call<typeof updateRoute>['body']

/** A changed address, port, security or trust is tested before it is stored, as that of a new endpoint is. */
export async function updateEndpoint(
  { store, tester }: EndpointDeps,
  call: Call<typeof updateRoute>,
): Promise<MigrationEndpoint> {
  const { body } = call
  const before = await findEndpoint(store, call.params.identity)
  // Before somebody's server is bothered; what counts is the same question below.
  call.precondition?.check(showStored(before))
  const wanted = merged(before, body)
  checkSlots(wanted)
  checkClearText(wanted.remoteServer, wanted)
  const isNew = addressOf(wanted) !== addressOf(merged(before, {}))
  if (isNew && body.skipVerification !== true) await tester.test(wanted, call)
  const changes = {
    remote_server: body.remoteServer,
    port: body.port,
    security: body.security,
    authentication: body.authentication,
    accept_untrusted: body.acceptUntrustedCertificates,
    allow_clear_text: body.allowClearText,
    max_migrations: body.maxConcurrentMigrations,
    max_incremental: body.maxConcurrentIncrementalSyncs,
  }
  // Somebody else may have changed the other half meanwhile.
  const row = await changeEndpoint(store, before.id, changes, (now) => {
    call.precondition?.check(showStored(now))
    const stored = merged(now, body)
    checkSlots(stored)
    checkClearText(stored.remoteServer, stored)
    if (isNew && addressOf(stored) !== addressOf(wanted)) {
      const what = `the migration endpoint "${before.name}"`
      throw stateForbids('Set-MigrationEndpoint', what, 'somebody else changed it at the same time; try again')
    }
  })
  return showEndpoint(row)
}

function merged(row: StoredEndpoint, body: Body) {
  return {
    remoteServer: body.remoteServer ?? row.remote_server,
    port: body.port ?? row.port,
    security: body.security ?? row.security,
    acceptUntrustedCertificates: body.acceptUntrustedCertificates ?? row.accept_untrusted,
    allowClearText: body.allowClearText ?? row.allow_clear_text,
    maxConcurrentMigrations: body.maxConcurrentMigrations ?? row.max_migrations,
    maxConcurrentIncrementalSyncs: body.maxConcurrentIncrementalSyncs ?? row.max_incremental,
  }
}

/** What a test of the connection depends on. */
const addressOf = (settings: ReturnType<typeof merged>) =>
  JSON.stringify([
    settings.remoteServer,
    settings.port,
    settings.security,
    // Trusting less than before may break what worked; trusting more cannot.
    settings.acceptUntrustedCertificates,
  ])
