/** Get-, New-, Set- and Remove-MigrationEndpoint, Test-MigrationServerAvailability (exchange-semantics.md §1.1, §3.1). */
import type { UseCases } from '#contract/calls.ts'
import { type EndpointRow, deleteEndpoint, findEndpoint, listEndpointRows } from '#store/service/endpoints.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { pageByName, sortable } from '../page.ts'
import type { ConnectionTester } from './connection-tester.ts'
import { createEndpoint } from './create-endpoint.ts'
import { showEndpoint, showStored } from './show-endpoint.ts'
import { testConnection } from './test-connection.ts'
import { updateEndpoint } from './update-endpoint.ts'

export interface EndpointDeps {
  readonly store: ServiceStore
  readonly tester: ConnectionTester
}

const SORTS = {
  remoteServer: (row: EndpointRow) => row.remote_server,
  security: (row: EndpointRow) => row.security,
  activeMigrationCount: (row: EndpointRow) => sortable(row.active_migrations),
  activeIncrementalSyncCount: (row: EndpointRow) => sortable(row.active_incremental),
  batches: (row: EndpointRow) => sortable(row.batches.length),
}

export function endpointUseCases(
  deps: EndpointDeps,
): Pick<
  UseCases,
  'listEndpoints' | 'getEndpoint' | 'createEndpoint' | 'updateEndpoint' | 'removeEndpoint' | 'testConnection'
> {
  const { store } = deps
  return {
    listEndpoints: async ({ query }) => {
      const rows = await listEndpointRows(store)
      return pageByName(
        rows.filter(({ type }) => query.type === undefined || type === query.type),
        query,
        showEndpoint,
        SORTS,
      )
    },
    getEndpoint: async ({ params }) => showEndpoint(await findEndpoint(store, params.identity)),
    createEndpoint: (call) => createEndpoint(deps, call),
    updateEndpoint: (call) => updateEndpoint(deps, call),
    async removeEndpoint({ params, precondition }) {
      const row = await findEndpoint(store, params.identity)
      await deleteEndpoint(store, row, (now) => precondition?.check(showStored(now)))
      return undefined
    },
    testConnection: (call) => testConnection(deps, call),
  }
}
