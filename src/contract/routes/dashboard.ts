import { z } from 'zod'
import { Dashboard, Failure, FailureQuery, Throughput, ThroughputQuery } from '../dashboard.ts'
import { route } from './route.ts'

export const getDashboard = route({
  method: 'GET',
  path: '/dashboard',
  name: 'getDashboard',
  summary: 'What runs, what waits, how long it will take and how long it took',
  scope: 'view',
  answer: Dashboard,
})
export const listFailures = route({
  method: 'GET',
  path: '/failures',
  name: 'listFailures',
  summary: 'Users that failed or are tried again, by cause',
  scope: 'view',
  query: FailureQuery,
  answer: z.object({ items: z.array(Failure) }),
})
export const getThroughput = route({
  method: 'GET',
  path: '/throughput',
  name: 'getThroughput',
  summary: 'What was carried over time, by endpoint',
  scope: 'view',
  query: ThroughputQuery,
  answer: Throughput,
})
