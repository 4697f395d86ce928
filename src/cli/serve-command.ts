/** `waybill serve`, `waybill worker` and `waybill config`. */
import { Command, Option } from 'commander'
import type { ConfigRequest, ServeRequest, WorkerRequest } from '#contract/serve.ts'
import { addSettingOptions, givenSettings } from './setting-options.ts'

const MORE = `
"waybill config" prints every setting with its value and where it comes from: flags, the environment, the
configuration file.`

export function serveCommand(deed: (request: ServeRequest) => Promise<void>): Command {
  return addSettingOptions(new Command('serve'), 'serve')
    .description('run the migration service: database, API and worker; npm start does this')
    .addHelpText(
      'after',
      `
With DATABASE_URL set, the service uses that PostgreSQL (15 or newer) and any number of "waybill worker" may help.
${MORE}`,
    )
    .action((_given: object, command: Command) => deed(givenSettings(command, 'serve')))
}

export function workerCommand(deed: (request: WorkerRequest) => Promise<void>): Command {
  return addSettingOptions(new Command('worker'), 'worker')
    .description('help a service on this or another host: runs mailboxes out of the DATABASE_URL that they share')
    .addOption(new Option('--until-input-ends').hideHelp())
    .addHelpText(
      'after',
      `
The data folder needs the keys of the service: copy <data>/keys from its host, mode 0600.
${MORE}`,
    )
    .action((given: { untilInputEnds?: boolean }, command: Command) =>
      deed({ ...givenSettings(command, 'worker'), untilInputEnds: given.untilInputEnds ?? false }),
    )
}

export function configCommand(deed: (request: ConfigRequest) => Promise<void>): Command {
  return addSettingOptions(new Command('config'), null)
    .description('print every setting with its value and where it comes from; passwords are masked')
    .option('--json', 'print them as JSON')
    .option('--example', 'print a configuration file to begin with, every setting in it a comment')
    .action((given: { json?: boolean; example?: boolean }, command: Command) =>
      deed({ ...givenSettings(command, null), json: given.json ?? false, example: given.example ?? false }),
    )
}
