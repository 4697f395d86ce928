/** `waybill verify`: options into a request. */
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Security } from '#contract/migrate.ts'
import type { VerifyRequest } from '#contract/verify.ts'
import { parseCount, parseTarget } from './parse-values.ts'

interface Flags {
  fingerprint?: string
  trustEmbedded?: boolean
  against?: string
  security?: Security
  acceptUntrustedCertificates?: boolean
  allowClearText?: boolean
  user?: string
  passwordFile?: string
  every: number
  data?: string
  json?: boolean
}

export function verifyCommand(run: (request: VerifyRequest) => Promise<void>): Command {
  return new Command('verify')
    .summary('check a waybill, and the target against it')
    .description(
      `Checks a waybill's seal and counts, and with --against reads the messages back from the target and compares them.

The seal is trusted when its key is this instance's own, or the one that --fingerprint names.`,
    )
    .argument('<file>', 'the .waybill.jsonl file')
    .option('--fingerprint <SHA256:…>', 'the fingerprint of the key that must have signed it')
    .option('--trust-embedded', 'believe the key in the file itself: only its integrity is then checked')
    .option('--against <url>', 'read the messages back: imaps://host, imap://host or maildir:/path')
    .addOption(new Option('--security <how>', 'as in migrate').choices(['none', 'ssl', 'tls']))
    .option('--accept-untrusted-certificates', 'do not verify the certificate')
    .option('--allow-clear-text', 'let the password pass unencrypted to hosts other than this one')
    .option('--user <name>', 'log-in on the target (default: the one that the waybill names)')
    .option('--password-file <file>', 'file whose first line is its password')
    .addOption(new Option('--every <n>', 'read back only every n-th message').argParser(parseCount).default(1))
    .option('--data <dir>', "data folder whose key is this instance's own")
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExit codes: 0 all is as the waybill says, 2 it is not, 3 input refused, 4 cannot start.')
    .action(async (file: string, flags: Flags) => {
      const against = flags.against
        ? parseTarget(flags.against, {
            security: flags.security,
            acceptUntrusted: flags.acceptUntrustedCertificates ?? false,
            allowClearText: flags.allowClearText ?? false,
          })
        : null
      if (against?.kind === 'imap' && !flags.passwordFile) {
        throw new InvalidArgumentError('--against an IMAP server needs --password-file: the password of the log-in.')
      }
      await run({
        file,
        fingerprint: flags.fingerprint ?? null,
        trustEmbedded: flags.trustEmbedded ?? false,
        against,
        username: flags.user ?? null,
        passwordFile: flags.passwordFile ?? null,
        every: flags.every,
        dataFolder: flags.data ?? null,
        json: flags.json ?? false,
      })
    })
}
