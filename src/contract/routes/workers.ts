import { MigrationWorker } from '../worker.ts'
import { PageQuery, pageOf } from '../values.ts'
import { route } from './route.ts'

export const listWorkers = route({
  method: 'GET',
  path: '/workers',
  name: 'listWorkers',
  summary: 'Processes that run passes, and the addresses that they connect from',
  scope: 'view',
  query: PageQuery,
  answer: pageOf(MigrationWorker),
})
