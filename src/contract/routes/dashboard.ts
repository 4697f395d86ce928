import { Throughput, ThroughputQuery } from '../dashboard.ts'
import { route } from './route.ts'

export const getThroughput = route({
  method: 'GET',
  path: '/throughput',
  name: 'getThroughput',
  summary: 'What was carried over time, by endpoint',
  scope: 'view',
  query: ThroughputQuery,
  answer: Throughput,
})
