/** `waybill serve` and `waybill worker`. */
import { Command, InvalidArgumentError, Option } from 'commander'
import type { ServeRequest, WorkerRequest } from '#contract/serve.ts'

const CONCURRENCY = 20

function parseListen(text: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  if (!match || port > 65_535)
    throw new InvalidArgumentError('Give an address and a port, such as 127.0.0.1:8383 or [::1]:8383.')
  return { host: match[1] ?? match[2] ?? '', port }
}

function parseConcurrency(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) > 300)
    throw new InvalidArgumentError('Give a whole number from 0 to 300.')
  return Number(text)
}

interface Given {
  readonly data?: string
  readonly concurrency: number
  readonly listen: { host: string; port: number }
  readonly tcp: boolean
  readonly allowPlainHttp?: boolean
  readonly untilInputEnds?: boolean
}

const dataOption = () => new Option('--data <dir>', 'data folder (default: WAYBILL_DATA, else the usual place)')
const concurrencyOption = () =>
  new Option('--concurrency <n>', 'mailboxes at once in this process').argParser(parseConcurrency).default(CONCURRENCY)

export function serveCommand(deed: (request: ServeRequest) => Promise<void>): Command {
  return new Command('serve')
    .description('run the migration service: database, API and worker; npm start does this')
    .addOption(dataOption())
    .addOption(
      new Option('--listen <address:port>', 'where the API listens for tokens')
        .argParser(parseListen)
        .default({ host: '127.0.0.1', port: 8383 }, '127.0.0.1:8383'),
    )
    .option('--no-tcp', 'only the socket of the data folder, for this machine')
    .option('--allow-plain-http', 'listen on an address that is not loopback, where something in front makes TLS')
    .addOption(concurrencyOption())
    .addHelpText(
      'after',
      `
With DATABASE_URL set, the service uses that PostgreSQL (15 or newer) and any number of "waybill worker" may help.
Environment: WAYBILL_DATA, DATABASE_URL, WAYBILL_MAILDIR_ROOTS (folders for Maildirs, colons between),
WAYBILL_ALLOW_LOOPBACK=1 (mail servers on this machine).`,
    )
    .action((given: Given) =>
      deed({
        dataFolder: given.data ?? null,
        concurrency: given.concurrency,
        listen: given.tcp ? given.listen : null,
        allowPlainHttp: given.allowPlainHttp ?? false,
      }),
    )
}

export function workerCommand(deed: (request: WorkerRequest) => Promise<void>): Command {
  return new Command('worker')
    .description('help a service on this or another host: runs mailboxes out of the DATABASE_URL that they share')
    .addOption(dataOption())
    .addOption(concurrencyOption())
    .addOption(new Option('--until-input-ends').hideHelp())
    .addHelpText(
      'after',
      `
The data folder needs the keys of the service: copy <data>/keys from its host, mode 0600.`,
    )
    .action((given: Given) =>
      deed({
        dataFolder: given.data ?? null,
        concurrency: given.concurrency,
        untilInputEnds: given.untilInputEnds ?? false,
      }),
    )
}
