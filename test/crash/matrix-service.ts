/** The service with 200 users: a worker frozen at each point that matters, others killed (issue 3). */
import { killsSuite } from '#test/service/kills.ts'

killsSuite([
  { users: 70, point: 'append.inside', killed: 'server' },
  { users: 70, point: 'append.last-byte', killed: 'PostgreSQL' },
  { users: 60, point: 'land.before', killed: 'server' },
])
