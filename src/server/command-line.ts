/** Wires the commands to what they do, and faults to exit codes. */
import { CommanderError, InvalidArgumentError } from '#cli/program.ts'
import { Fault, asFault } from '#base/fault.ts'
import { sentence } from '#base/sentence.ts'
import { counted } from '#base/counted.ts'
import { safeText } from '#base/safe-text.ts'
import { buildProgram } from '#cli/program.ts'
import { EXIT } from '#contract/migrate.ts'

/** Answers the exit code. */
export async function runCommandLine(argv: readonly string[], startedAt: number): Promise<number> {
  let exitCode: number = EXIT.ok
  const program = buildProgram({
    async migrate(request, output) {
      const { runMigrate } = await import('./run-migrate.ts')
      exitCode = await runMigrate(request, output, startedAt)
    },
    async verify(request) {
      const { runVerify } = await import('./run-verify.ts')
      exitCode = await runVerify(request)
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
  })
  try {
    await program.parseAsync(argv)
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
  if (fault.remedy) process.stderr.write(`  ${safeText(sentence(fault.remedy))}\n`)
  if (fault.code === 'BUG' && fault.cause instanceof Error) process.stderr.write(`${fault.cause.stack ?? ''}\n`)
  return fault.scope === 'request' ? EXIT.refused : EXIT.cannotStart
}
