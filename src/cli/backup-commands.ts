/** `waybill backup`, `restore`, `rotate-key`, `new-epoch`. */
import { Command } from 'commander'
import type { BackupRequest, RestoreRequest, RotateKeyRequest } from '#contract/backup.ts'
import type { ProcessRequest } from '#contract/serve.ts'
import { addSettingOptions, givenSettings } from './setting-options.ts'

export interface BackupDeeds {
  backup(request: BackupRequest): Promise<void>
  restore(request: RestoreRequest): Promise<void>
  rotateKey(request: RotateKeyRequest): Promise<void>
  newEpoch(request: ProcessRequest): Promise<void>
}

export function backupCommands(deeds: BackupDeeds): Command[] {
  return [backup(deeds), restore(deeds), rotateKey(deeds), newEpoch(deeds)]
}

/** The settings of `waybill migrate`: where the data folder and the configuration are. */
const withSettings = (command: Command) => addSettingOptions(command, 'migrate')
const settingsOf = (command: Command) => givenSettings(command, 'migrate')

const backup = (deeds: BackupDeeds) =>
  withSettings(
    new Command('backup')
      .summary('write the whole state into a file, while the service runs')
      .description(
        `Writes the state of one moment into FILE (tar in gzip, mode 0600): endpoints, databases, batches, users, the
ledger, events, administrators, reports and waybills. Not the mail itself, nor work in hand. Stored passwords are
sealed; the key that opens them is in it only with --with-key.`,
      )
      .argument('<file>', 'a new file, or - for standard output')
      .option(
        '--with-key',
        'with the keys that open stored passwords and sign waybills: guard the file as you guard them',
      )
      .option('--force', 'overwrite the file')
      .addHelpText('after', '\nWith a databaseUrl, that database is backed up, and the reports of this host.'),
  ).action((file: string, given: { withKey?: boolean; force?: boolean }, command: Command) =>
    deeds.backup({ ...settingsOf(command), file, withKey: given.withKey ?? false, force: given.force ?? false }),
  )

interface RestoreFlags {
  readonly force?: boolean
  readonly yes?: boolean
  readonly keys?: string
  readonly withoutSecrets?: boolean
}

const restore = (deeds: BackupDeeds) =>
  withSettings(
    new Command('restore')
      .summary('make the state of a backup the state of an empty data folder or database')
      .description(
        `Checks FILE as a whole, then loads it into an empty data folder, or an empty database where one is configured, and
begins a new epoch of the ledger: what was copied after the backup is looked for on the targets and not copied again.
The service must not run, and the one that the backup is of must never run again.`,
      )
      .argument('<file>', 'what "waybill backup" wrote')
      .option('--force', 'replace what is there, after asking')
      .option('--yes', 'do not ask')
      .option('--keys <dir>', 'folder with secrets.key, for a backup without it (default: that of the data folder)')
      .option('--without-secrets', 'drop all stored passwords: they have to be given again')
      .addHelpText('after', '\nExit codes: 0 restored, 3 refused, 4 the key is wrong, or the data folder is in use.'),
  ).action((file: string, flags: RestoreFlags, command: Command) =>
    deeds.restore({
      ...settingsOf(command),
      file,
      force: flags.force ?? false,
      yes: flags.yes ?? false,
      keysFolder: flags.keys ?? null,
      withoutSecrets: flags.withoutSecrets ?? false,
    }),
  )

const rotateKey = (deeds: BackupDeeds) =>
  withSettings(
    new Command('rotate-key')
      .summary('seal all stored passwords with a new key')
      .description(
        `Makes a new secrets.key and seals every stored password anew, in one transaction. Stop the service and its workers
before, and copy the new file to the hosts of workers after: with the old one they refuse to start.`,
      )
      .option('--signing-key', 'a new key for signing waybills instead; the old public key stays known'),
  ).action((given: { signingKey?: boolean }, command: Command) =>
    deeds.rotateKey({ ...settingsOf(command), signingKey: given.signingKey ?? false }),
  )

const newEpoch = (deeds: BackupDeeds) =>
  withSettings(
    new Command('new-epoch').summary('say that the database went back to an older state').description(
      `For a database that was restored or failed over by other means than "waybill restore". Before anything more is appended
to a target folder, what was copied since that state is looked for in it. The service may run.`,
    ),
  ).action((_given: object, command: Command) => deeds.newEpoch(settingsOf(command)))
