import { z } from 'zod'
import { ConnectionTest, MigrationEndpoint, NewEndpoint, SetEndpoint, TestConnection } from '../endpoint.ts'
import { Identity, PageQuery, Search, pageOf } from '../values.ts'
import { ENDPOINT_TAG } from '../tags.ts'
import { route } from './route.ts'

const params = z.object({ identity: Identity })

export const listEndpoints = route({
  method: 'GET',
  path: '/endpoints',
  name: 'listEndpoints',
  summary: 'Migration endpoints, by name',
  scope: 'view',
  query: PageQuery.extend({ type: z.enum(['IMAP']).optional(), search: Search.optional() }),
  answer: pageOf(MigrationEndpoint),
})
export const getEndpoint = route({
  method: 'GET',
  path: '/endpoints/:identity',
  name: 'getEndpoint',
  summary: 'One migration endpoint',
  scope: 'view',
  params,
  answer: MigrationEndpoint,
  tag: ENDPOINT_TAG,
})
export const createEndpoint = route({
  method: 'POST',
  path: '/endpoints',
  name: 'createEndpoint',
  summary: 'Creates a migration endpoint after connecting to it',
  scope: 'migration',
  body: NewEndpoint,
  answer: MigrationEndpoint,
  status: 201,
  tag: ENDPOINT_TAG,
})
export const updateEndpoint = route({
  method: 'PATCH',
  path: '/endpoints/:identity',
  name: 'updateEndpoint',
  summary: 'Changes a migration endpoint',
  scope: 'migration',
  params,
  body: SetEndpoint,
  answer: MigrationEndpoint,
  tag: ENDPOINT_TAG,
})
export const removeEndpoint = route({
  method: 'DELETE',
  path: '/endpoints/:identity',
  name: 'removeEndpoint',
  summary: 'Removes a migration endpoint that no batch uses',
  scope: 'migration',
  params,
  tag: ENDPOINT_TAG,
})
export const testConnection = route({
  method: 'POST',
  path: '/connection-tests',
  name: 'testConnection',
  summary: 'Connects to a server as an endpoint would; a failed connection is a result',
  scope: 'migration',
  body: TestConnection,
  answer: ConnectionTest,
})
