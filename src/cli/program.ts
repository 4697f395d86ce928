/** The commands and their help. What they do is given in by the composition root. */
import { Command, Option } from 'commander'
import type { MigrateRequest } from '#contract/migrate.ts'
import type { VerifyRequest } from '#contract/verify.ts'
import { type MigrateOutput, migrateCommand } from './migrate-command.ts'
import { parseCount } from './parse-values.ts'
import { verifyCommand } from './verify-command.ts'

export const CSV_FORMS = ['user', 'exchange', 'dovecot', 'mirapoint', 'courier'] as const

export interface Deeds {
  migrate(request: MigrateRequest, output: MigrateOutput): Promise<void>
  verify(request: VerifyRequest): Promise<void>
  csvTemplate(form: (typeof CSV_FORMS)[number]): Promise<void>
  csvSplit(what: { path: string; rows: number; folder: string }): Promise<void>
  csvCheck(what: { path: string; allowUnknownColumns: boolean }): Promise<void>
}

export function buildProgram(deeds: Deeds): Command {
  const program = new Command('waybill')
    .description('Moves mailboxes between mail systems: exactly once, with a signed proof for each.')
    .configureHelp({ helpWidth: 110 })
    .showHelpAfterError('(waybill --help, or waybill COMMAND --help, tells more)')
  program.addCommand(migrateCommand(deeds.migrate))
  program.addCommand(verifyCommand(deeds.verify))

  const csv = program.command('csv').description('make, check and split CSV files')
  csv
    .command('template')
    .description('print a CSV file to write over')
    .addOption(new Option('--form <form>', 'how the source is logged in to').choices(CSV_FORMS).default('user'))
    .action(({ form }: { form: (typeof CSV_FORMS)[number] }) => deeds.csvTemplate(form))
  csv
    .command('check')
    .description('check a CSV file as migrate does, without logging in anywhere')
    .argument('<users.csv>')
    .option('--allow-unknown-columns', 'ignore columns that are not known')
    .action((path: string, options: { allowUnknownColumns?: boolean }) =>
      deeds.csvCheck({ path, allowUnknownColumns: options.allowUnknownColumns ?? false }),
    )
  csv
    .command('split')
    .description('split a CSV file into batches')
    .argument('<users.csv>')
    .requiredOption('--rows <n>', 'rows in a batch', parseCount)
    .option('--into <dir>', 'folder for the batches', '.')
    .action((path: string, options: { rows: number; into: string }) =>
      deeds.csvSplit({ path, rows: options.rows, folder: options.into }),
    )
  for (const command of everyCommand(program)) {
    command
      .exitOverride()
      .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'waybill: ')) })
  }
  return program
}

function* everyCommand(command: Command): Generator<Command> {
  yield command
  for (const sub of command.commands) yield* everyCommand(sub)
}

export { CommanderError, InvalidArgumentError } from 'commander'
