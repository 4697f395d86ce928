/** `npm run demo`: brings the packages and runs the demonstration; arguments such as --without-dovecot are passed on. */
import { ensurePackages } from './packages.mjs'
import { run } from './run.mjs'

process.exitCode = await run(ensurePackages(), ['scripts/demo/main.ts', ...process.argv.slice(2)])
