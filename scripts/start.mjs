/** `npm start`: brings the packages, builds the admin center and runs the service; `npm start -- --help` tells what may be passed on. */
import { join } from 'node:path'
import { ensurePackages, root } from './packages.mjs'
import { run } from './run.mjs'
import { ensureWeb } from './web.mjs'

const node = ensurePackages()
const isRun = !process.argv.slice(2).some((word) => ['-h', '--help'].includes(word))
// Without its pages the service is a service all the same, and says so at its address.
if (isRun && (await ensureWeb(node)) !== 0) console.error('The admin center could not be built; the reason is above.')
process.exitCode = await run(join(root, 'waybill'), ['serve', ...process.argv.slice(2)])
