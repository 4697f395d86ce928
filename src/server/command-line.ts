/** Wires the commands to what they do, and faults to exit codes. */
import { CommanderError, InvalidArgumentError } from '#cli/program.ts'
import { Fault, asFault } from '#base/fault.ts'
import { sentence } from '#base/sentence.ts'
import { counted } from '#base/counted.ts'
import { safeText } from '#base/safe-text.ts'
import { type Deeds, buildProgram } from '#cli/program.ts'
import { remedyOfCommand } from '#cli/remedy.ts'
import { backupCommands } from '#cli/backup-commands.ts'
import { hiddenCommands, serviceCommands } from '#cli/service-commands.ts'
import { EXIT } from '#contract/migrate.ts'
import { backupDeeds } from './backup-deeds.ts'
import { leadingOptions } from './run-cmdlet.ts'
import { serviceDeeds } from './service-deeds.ts'

/** Answers the exit code. */
export async function runCommandLine(argv: readonly string[], startedAt: number): Promise<number> {
  const leading = leadingOptions(argv.slice(2))
  let exitCode: number = EXIT.ok
  const service = serviceDeeds(leading, (code) => (exitCode = code))
  const commands = {
    shown: [...serviceCommands(service), ...backupCommands(backupDeeds(leading, (code) => (exitCode = code)))],
    hidden: hiddenCommands(service),
  }
  const deeds: Deeds = {
    async migrate(request, output) {
      const { runMigrate } = await import('./run-migrate.ts')
      exitCode = await runMigrate(request, output, startedAt)
    },
    async verify(request) {
      const { runVerify } = await import('./run-verify.ts')
      exitCode = await runVerify(request)
    },
    async serve(request) {
      const { runServe } = await import('./run-serve.ts')
      exitCode = await runServe(request)
    },
    async worker(request) {
      const { runWorker } = await import('./run-worker.ts')
      exitCode = await runWorker(request)
    },
    async config(request) {
      const { runConfig } = await import('./run-config.ts')
      runConfig(request)
    },
    async csvTemplate(form) {
      const { csvTemplate } = await import('#migration/csv/template.ts')
      process.stdout.write(csvTemplate(form))
    },
    async csvSplit({ path, rows, folder }) {
      const { splitCsvFile } = await import('#migration/csv/split.ts')
      const split = await splitCsvFile(path, rows, folder)
      for (const warning of split.warnings) process.stderr.write(`Warning: ${safeText(sentence(warning))}\n`)
      process.stdout.write(
        `${counted(split.rows, 'row')} in ${counted(split.paths.length, 'file')}:\n${split.paths.join('\n')}\n`,
      )
    },
    async csvCheck({ path, allowUnknownColumns }) {
      const { runCsvCheck } = await import('./run-csv-check.ts')
      exitCode = await runCsvCheck(path, allowUnknownColumns)
    },
  }
  const program = buildProgram(deeds, commands)
  try {
    // Of the commands about the service, --server and --data may stand in front, as they do of cmdlets.
    const isService = [...commands.shown, ...commands.hidden].some((command) => command.name() === leading.rest[0])
    await program.parseAsync(isService ? [...argv.slice(0, 2), ...leading.rest] : argv)
    return exitCode
  } catch (thrown) {
    // commander has said already what it did not understand; help and version are no faults.
    if (thrown instanceof InvalidArgumentError) {
      process.stderr.write(`waybill: ${safeText(sentence(thrown.message))}\n`)
      return EXIT.refused
    }
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.refused
    return report(asFault(thrown))
  }
}

function report(fault: Fault): number {
  process.stderr.write(`waybill: ${safeText(sentence(fault.message))}\n`)
  const remedy = remedyOfCommand(fault)
  if (remedy !== null) process.stderr.write(`  ${remedy}\n`)
  if (fault.code === 'BUG' && fault.cause instanceof Error) process.stderr.write(`${fault.cause.stack ?? ''}\n`)
  return fault.scope === 'request' ? EXIT.refused : EXIT.cannotStart
}
