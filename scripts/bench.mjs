/** `npm run bench`: brings the packages and runs the benchmark; arguments are passed on. */
import { ensurePackages } from './packages.mjs'
import { run } from './run.mjs'

process.exitCode = await run(ensurePackages(), ['bench/main.ts', ...process.argv.slice(2)])
