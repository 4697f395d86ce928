/** `npm run screenshots [-- FOLDER]`: pictures of every page of the service itself, into docs/images or the folder. */
import { ensurePackages } from './packages.mjs'
import { run } from './run.mjs'

process.exitCode = await run(ensurePackages(), ['test/web/screenshots.ts', ...process.argv.slice(2)])
