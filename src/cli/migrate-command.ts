/** `waybill migrate`: options into a request. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { Fault } from '#base/fault.ts'
import type { MigrateRequest, Security } from '#contract/migrate.ts'
import type { ProcessRequest } from '#contract/serve.ts'
import { parseCount, parseImap, parseSize, parseTarget } from './parse-values.ts'
import { addSettingOptions, givenSettings } from './setting-options.ts'

export interface MigrateOutput {
  readonly json: boolean
}

interface Flags {
  source?: string
  target?: string
  sourceSecurity?: Security
  targetSecurity?: Security
  acceptUntrustedCertificates?: boolean
  sourceAcceptUntrustedCertificates?: boolean
  targetAcceptUntrustedCertificates?: boolean
  allowClearText?: boolean
  targetLogin?: string
  targetAdmin?: string
  targetPasswordFile?: string
  dryRun?: boolean
  excludeFolder: string[]
  maxMessageSize: number
  maxItems: number
  concurrency: number
  verify: 'none' | 'sample' | 'full'
  allowUnknownColumns?: boolean
  json?: boolean
  report?: string
}

const SECURITIES = ['none', 'ssl', 'tls'] as const

export function migrateCommand(run: (request: MigrateRequest, output: MigrateOutput) => Promise<void>): Command {
  return (
    addSettingOptions(new Command('migrate'), 'migrate')
      .summary('move the mailboxes of a CSV file')
      .description(
        `Moves every mailbox that a CSV file lists. Nothing is lost and nothing doubled, whatever dies on the way: run the same command again and it goes on where it stopped. The source is never changed.

The CSV has the columns EmailAddress, UserName, Password and, if needed, UserRoot, TargetDatabase, TargetUserName, TargetPassword ("waybill csv template" prints one).`,
      )
      .usage('<users.csv> --source <url> --target <url> [options]')
      // What is missing is told by missing(), all at once and with an example.
      .argument('[users.csv]', 'the users to move, one a row')
      .option('--source <url>', 'where the mail is: imaps://host[:port] or imap://host[:port]')
      .option(
        '--target <url>',
        'where it goes: imaps://host, imap://host or maildir:/path (may hold {domain} and {local})',
      )
      .addOption(
        new Option(
          '--source-security <how>',
          'ssl is TLS from the start, tls is STARTTLS; by default as the URL says: imaps = ssl, imap = tls',
        ).choices(SECURITIES),
      )
      .addOption(new Option('--target-security <how>', 'the same for the target').choices(SECURITIES))
      .option('--accept-untrusted-certificates', 'do not verify certificates of source and target')
      .option('--source-accept-untrusted-certificates', 'do not verify those of the source')
      .option('--target-accept-untrusted-certificates', 'do not verify those of the target')
      .option('--allow-clear-text', 'let passwords and mail pass unencrypted to hosts other than this one')
      .option(
        '--target-login <template>',
        "how to log in to the target, e.g. '{user}*{admin}'; {user} is the row's TargetUserName or EmailAddress, {local} and {domain} its halves",
      )
      .option('--target-admin <name>', 'what {admin} stands for')
      .option('--target-password-file <file>', 'file whose first line is the password of that log-in')
      .option('--dry-run', 'log in everywhere, map folders, count and size, say what would be left out; copy nothing')
      .addOption(
        new Option(
          '--exclude-folder <name>',
          'leave a folder out (Name, Name/*, #JunkEmail#, #Inbox#/*); may be repeated',
        )
          .argParser((value: string, all: readonly string[]) => [...all, value])
          .default([], 'none'),
      )
      .addOption(
        new Option('--max-message-size <size>', 'leave larger messages out')
          .argParser(parseSize)
          .default(35 * 1_048_576, '35MB'),
      )
      .addOption(
        new Option('--max-items <n>', 'of a larger mailbox move the newest n messages')
          .argParser(parseCount)
          .default(500_000),
      )
      .addOption(new Option('--concurrency <n>', 'users at once').argParser(parseCount).default(4))
      .addOption(
        new Option(
          '--verify <how much>',
          'read messages back from the target and compare them; sample is 1 % of each folder, at most 200 messages a user',
        )
          .choices(['none', 'sample', 'full'])
          .default('sample'),
      )
      .option('--allow-unknown-columns', 'ignore columns of the CSV that are not known')
      .option('--report <dir>', 'where reports and waybills go (default: <data>/reports/<run>)')
      .option('--json', 'print the result as JSON, progress as JSON lines on standard error')
      .addHelpText(
        'after',
        `
Examples:
  waybill migrate users.csv --source imaps://imap.old.example --target imaps://imap.new.example \\
    --target-login '{user}*{admin}' --target-admin migrator --target-password-file secret
  waybill migrate users.csv --source imap://imap.old.example --source-security tls --target maildir:/srv/mail

Exit codes: 0 all synced (messages that were left out do not change it), 2 some users failed, 3 input refused,
4 cannot start, 130 stopped with Ctrl-C.`,
      )
      .action(async (csvPath: string | undefined, flags: Flags, command: Command) =>
        run(toRequest(csvPath, flags, givenSettings(command, 'migrate')), { json: flags.json ?? false }),
      )
  )
}

function toRequest(csvPath: string | undefined, flags: Flags, settings: ProcessRequest): MigrateRequest {
  if (csvPath === undefined || flags.source === undefined || flags.target === undefined) throw missing(csvPath, flags)
  const trustAll = flags.acceptUntrustedCertificates ?? false
  const allowClearText = flags.allowClearText ?? false
  const source = parseImap('--source', flags.source, {
    security: flags.sourceSecurity,
    acceptUntrusted: trustAll || (flags.sourceAcceptUntrustedCertificates ?? false),
    allowClearText,
  })
  const target = parseTarget(flags.target, {
    security: flags.targetSecurity,
    acceptUntrusted: trustAll || (flags.targetAcceptUntrustedCertificates ?? false),
    allowClearText,
  })
  if (
    target.kind === 'maildir' &&
    (flags.targetLogin ?? flags.targetAdmin ?? flags.targetPasswordFile ?? flags.targetSecurity)
  ) {
    throw new InvalidArgumentError(
      'A Maildir target has no log-in: leave --target-login, --target-admin, --target-password-file and --target-security out.',
    )
  }
  if (flags.targetLogin && !flags.targetPasswordFile) {
    throw new InvalidArgumentError('--target-login needs --target-password-file: the password of that log-in.')
  }
  if ((flags.targetPasswordFile ?? flags.targetAdmin) && !flags.targetLogin) {
    throw new InvalidArgumentError(
      "--target-admin and --target-password-file need --target-login, such as '{user}*{admin}' (Dovecot).",
    )
  }
  return {
    csvPath,
    source,
    target,
    targetLogin: flags.targetLogin ?? null,
    targetAdmin: flags.targetAdmin ?? null,
    targetPasswordFile: flags.targetPasswordFile ?? null,
    allowUnknownColumns: flags.allowUnknownColumns ?? false,
    dryRun: flags.dryRun ?? false,
    excludeFolders: flags.excludeFolder,
    maxMessageBytes: flags.maxMessageSize,
    maxItems: flags.maxItems,
    concurrency: flags.concurrency,
    verify: flags.verify,
    reportFolder: flags.report ?? null,
    ...settings,
  }
}

/** At 2 a.m. one refusal for each thing that is missing is too many. */
function missing(csvPath: string | undefined, flags: Flags): Fault {
  const wanted: readonly (readonly [boolean, string])[] = [
    [csvPath === undefined, 'the CSV file of the users'],
    [flags.source === undefined, '--source'],
    [flags.target === undefined, '--target'],
  ]
  const names = wanted.filter(([absent]) => absent).map(([, name]) => name)
  const list = names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? '')
  return new Fault({
    code: 'USAGE',
    scope: 'request',
    transient: false,
    message: `A migration needs ${list}.`,
    remedy:
      'For example: waybill migrate users.csv --source imaps://imap.old.example --target maildir:/srv/mail (waybill migrate --help tells all options, waybill csv template prints a CSV file to start from).',
  })
}
