/** `npm run screenshots`: makes the pictures of docs/images from the service itself; with a folder as argument, all of them there. */
import { ensurePackages } from './packages.mjs'
import { run } from './run.mjs'

process.exitCode = await run(ensurePackages(), ['test/web/screenshots.ts', ...process.argv.slice(2)])
