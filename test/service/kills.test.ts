/** A sample of test/crash/matrix-service.ts. */
import { killsSuite } from './kills.ts'

killsSuite([{ users: 40, point: 'append.last-byte', killed: 'PostgreSQL' }])
