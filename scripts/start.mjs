/** `npm start`: brings the packages and runs the service; `npm start -- --help` tells what may be passed on. */
import { join } from 'node:path'
import { ensurePackages, root } from './packages.mjs'
import { run } from './run.mjs'

ensurePackages()
process.exitCode = await run(join(root, 'waybill'), ['serve', ...process.argv.slice(2)])
