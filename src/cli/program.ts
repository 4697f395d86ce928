/** The commands and their help. What they do is given in by the composition root. */
import { Command, Option } from 'commander'
import { version } from '#base/version.ts'
import type { MigrateRequest } from '#contract/migrate.ts'
import type { ConfigRequest, ServeRequest, WorkerRequest } from '#contract/serve.ts'
import type { VerifyRequest } from '#contract/verify.ts'
import { type MigrateOutput, migrateCommand } from './migrate-command.ts'
import { parseCount } from './parse-values.ts'
import { configCommand, serveCommand, workerCommand } from './serve-command.ts'
import { verifyCommand } from './verify-command.ts'

export const CSV_FORMS = ['user', 'exchange', 'dovecot', 'mirapoint', 'courier'] as const

export interface Deeds {
  migrate(request: MigrateRequest, output: MigrateOutput): Promise<void>
  verify(request: VerifyRequest): Promise<void>
  serve(request: ServeRequest): Promise<void>
  worker(request: WorkerRequest): Promise<void>
  config(request: ConfigRequest): Promise<void>
  csvTemplate(form: (typeof CSV_FORMS)[number]): Promise<void>
  csvSplit(what: { path: string; rows: number; folder: string }): Promise<void>
  csvCheck(what: { path: string; allowUnknownColumns: boolean }): Promise<void>
}

/** `more`: commands of others; the hidden ones are not in the help. */
export function buildProgram(
  deeds: Deeds,
  more: { readonly shown: readonly Command[]; readonly hidden: readonly Command[] } = { shown: [], hidden: [] },
): Command {
  const program = new Command('waybill')
    .description('Moves mailboxes between mail systems: exactly once, with a signed proof for each.')
    .version(versionLine(), '-V, --version', 'print the version and end')
    .addHelpText(
      'after',
      `
Begin with:
  waybill csv template > users.csv       then write the users into it
  waybill migrate users.csv --source imaps://imap.old.example --target maildir:/srv/mail --dry-run
The same line without --dry-run migrates; given again, it brings what is new and goes on where it stopped.

The service is run with cmdlets, as Exchange is. waybill Get-Help lists them;
eval "$(waybill aliases)" makes commands of them: Get-MigrationBatch | Format-List Status`,
    )
  program.addCommand(migrateCommand((request, output) => deeds.migrate(request, output)))
  program.addCommand(verifyCommand((request) => deeds.verify(request)))
  program.addCommand(serveCommand((request) => deeds.serve(request)))
  program.addCommand(workerCommand((request) => deeds.worker(request)))
  program.addCommand(configCommand((request) => deeds.config(request)))

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
  for (const command of more.shown) program.addCommand(command)
  for (const command of more.hidden) program.addCommand(command, { hidden: true })
  for (const command of everyCommand(program)) {
    command
      .exitOverride()
      .configureHelp({ helpWidth: Math.min(process.stdout.columns || 100, 110) })
      .showHelpAfterError(`(${command === program ? 'waybill' : commandName(command)} --help tells more)`)
      .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'waybill: ')) })
  }
  return program
}

/** `waybill 0.1.0 (Node 24.21.0)` */
const versionLine = () => `waybill ${version} (Node ${process.versions.node})`

const commandName = (command: Command): string =>
  command.parent ? `${commandName(command.parent)} ${command.name()}` : command.name()

function* everyCommand(command: Command): Generator<Command> {
  yield command
  for (const sub of command.commands) yield* everyCommand(sub)
}

export { CommanderError, InvalidArgumentError } from 'commander'
