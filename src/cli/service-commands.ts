/** Commands about the service that are no cmdlets: names for the shell, completion, connecting, tokens, administrators. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { LIMITS } from '#contract/limits.ts'
import { SCOPES, type Scope } from './scopes.ts'
import { NAME_KINDS, type NameKind } from './cmdlet/declare.ts'
import { parseCount } from './parse-values.ts'

export interface WhichServer {
  readonly server?: string
  readonly data?: string
}

export interface ServiceDeeds {
  aliases(): Promise<void>
  completion(shell: 'bash' | 'zsh'): Promise<void>
  completeName(kind: NameKind, prefix: string): Promise<void>
  cmdletDocs(folder: string): Promise<void>
  connect(url: string): Promise<void>
  disconnect(): Promise<void>
  createToken(what: { name: string; scope: Scope; days: number }, which: WhichServer): Promise<void>
  listTokens(which: WhichServer): Promise<void>
  revokeToken(id: string, which: WhichServer): Promise<void>
  listAdministrators(where: Pick<WhichServer, 'data'>): Promise<void>
  resetAdministrator(
    what: { name: string | undefined; isSure: boolean },
    where: Pick<WhichServer, 'data'>,
  ): Promise<void>
}

const DEFAULT_DAYS = 90

const withServer = (command: Command): Command =>
  command
    .option('--server <url>', 'another Waybill than the one of this machine, or of "waybill connect"')
    .option('--data <dir>', 'data folder of the Waybill that runs on this machine')

export function serviceCommands(deeds: ServiceDeeds): Command[] {
  const token = new Command('token').description('API tokens, with which programs and other machines sign in')
  withServer(token.command('create'))
    .description('create a token; it is printed this once')
    .requiredOption('--name <name>', 'what it is for')
    .addOption(new Option('--scope <scope>', 'what it may').choices(SCOPES).makeOptionMandatory())
    .option('--days <n>', 'how long it is valid', parseDays, DEFAULT_DAYS)
    .action(({ name, scope, days, ...which }: { name: string; scope: Scope; days: number } & WhichServer) =>
      deeds.createToken({ name, scope, days }, which),
    )
  withServer(token.command('list'))
    .description('list the tokens, without what they consist of')
    .action((which: WhichServer) => deeds.listTokens(which))
  withServer(token.command('revoke'))
    .description('end a token')
    .argument('<id>', 'as "waybill token list" shows it')
    .action((id: string, which: WhichServer) => deeds.revokeToken(id, which))
  return [
    new Command('aliases')
      .description('print shell code that makes commands of all cmdlets: eval "$(waybill aliases)"')
      .action(() => deeds.aliases()),
    new Command('completion')
      .description('print shell code that completes cmdlets: eval "$(waybill completion bash)"')
      .argument('<shell>', 'bash or zsh', (text: string) => {
        if (text !== 'bash' && text !== 'zsh') throw new InvalidArgumentError('Give bash or zsh.')
        return text
      })
      .action((shell: 'bash' | 'zsh') => deeds.completion(shell)),
    new Command('connect')
      .description('use the Waybill at this address from now on; its token is asked for, or read from standard input')
      .argument('<url>', 'https://waybill.example.com, or http://127.0.0.1:8383')
      .action((url: string) => deeds.connect(url)),
    new Command('disconnect')
      .description('forget that address and its token, and use the Waybill of this machine again')
      .action(() => deeds.disconnect()),
    token,
    adminCommand(deeds),
  ]
}

function adminCommand(deeds: ServiceDeeds): Command {
  const admin = new Command('admin').description('administrators, for whoever cannot sign in: on this machine alone')
  const here = (command: Command) => command.option('--data <dir>', 'data folder of the Waybill that runs here')
  here(admin.command('list'))
    .description('list the administrators')
    .action((where: Pick<WhichServer, 'data'>) => deeds.listAdministrators(where))
  here(admin.command('reset'))
    .description('print a one-time password for an administrator, or the first password while there is none')
    .argument('[name]', 'user name; may be left out where there is one administrator')
    .option('--yes', 'do not ask')
    .action((name: string | undefined, { yes, ...where }: { yes?: boolean } & Pick<WhichServer, 'data'>) =>
      deeds.resetAdministrator({ name, isSure: yes ?? false }, where),
    )
  return admin
}

/** Called by the scripts of completion, and when the manual is written: not in the help. */
export function hiddenCommands(deeds: Pick<ServiceDeeds, 'completeName' | 'cmdletDocs'>): Command[] {
  return [
    new Command('complete-name')
      .argument('<kind>')
      .argument('[prefix]')
      .action(async (kind: string, prefix: string | undefined) => {
        const known = NAME_KINDS.find((one) => one === kind)
        if (known) await deeds.completeName(known, prefix ?? '')
      }),
    new Command('cmdlet-docs').argument('<dir>').action((folder: string) => deeds.cmdletDocs(folder)),
  ]
}

function parseDays(text: string): number {
  const days = parseCount(text)
  if (days > LIMITS.tokenDays) throw new InvalidArgumentError(`Give at most ${LIMITS.tokenDays} days.`)
  return days
}
