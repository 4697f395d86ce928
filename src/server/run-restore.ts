/** `waybill restore`, wired: everything is checked, then asked, then done. */
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { counted } from '#base/counted.ts'
import { Fault } from '#base/fault.ts'
import { safeText } from '#base/safe-text.ts'
import { sentence } from '#base/sentence.ts'
import { openTerminal } from '#cli/cmdlet/terminal.ts'
import type { RestoreRequest } from '#contract/backup.ts'
import { EXIT } from '#contract/migrate.ts'
import { serverRoots } from '#migration/database/maildir-path.ts'
import { checkBackup } from '#store/backup/check-backup.ts'
import type { Manifest } from '#store/backup/manifest.ts'
import { type Restored, restoreBackup } from '#store/backup/restore.ts'
import { beginRestore } from '#store/backup/unfinished.ts'
import { prepareDataFolder } from '#store/data-folder.ts'
import { openStore } from '#store/open.ts'
import { refuseForeign, schemaFiles } from '#store/schema.ts'
import { databaseUrl } from './configuration/database-url.ts'
import { loadSettings } from './configuration/load-settings.ts'
import { openLog } from './open-log.ts'
import { progressLine } from './progress-line.ts'
import { chooseKeys } from './restore-keys.ts'
import { isServed } from './service-socket.ts'

export async function runRestore(request: RestoreRequest): Promise<number> {
  const settings = loadSettings(request)
  const say = (text: string) => void process.stderr.write(`${safeText(text)}\n`)
  const line = progressLine(process.stderr)
  try {
    const backup = await checkBackup(request.file, (size) => line.show('checking', null, size))
    const { manifest } = backup
    refuseForeign(manifest.schema, schemaFiles(), { kind: 'external', place: `the backup ${request.file}` })
    const { dataFolder } = settings
    const keys = chooseKeys(backup, request.keysFolder, join(dataFolder, 'keys'), request.withoutSecrets)
    if (await isServed(dataFolder)) throw isRunning(dataFolder)
    const folder = prepareDataFolder(dataFolder)
    const log = openLog(settings, folder.logs)
    const url = databaseUrl(settings)
    // Making an embedded database takes longest: killed meanwhile, it must not be taken for a service that is new.
    if (!url && !existsSync(folder.postgres)) beginRestore(folder, backup, folder.path)
    try {
      await using store = await openStore({
        dataFolder,
        databaseUrl: url,
        leavesSchema: true,
        restores: true,
        log,
      })
      const restored = await restoreBackup(store, backup, {
        keys,
        withoutSecrets: request.withoutSecrets,
        replaces: (what) => mayReplace(request, what),
        progress: (what, size) => line.show(what, null, size),
      })
      line[Symbol.dispose]()
      if (restored === null) {
        say('Nothing was done.')
        return EXIT.refused
      }
      log.info('a backup was restored', { created: manifest.created, host: manifest.host, epoch: restored.epoch })
      tell(request, manifest, restored, serverRoots(folder.path, settings.maildirRoots), say)
      return EXIT.ok
    } finally {
      log.close()
    }
  } finally {
    line[Symbol.dispose]()
  }
}

async function mayReplace(request: RestoreRequest, what: string): Promise<boolean> {
  if (!request.force) throw notEmpty(what)
  if (request.yes) return true
  const terminal = openTerminal()
  if (!terminal) {
    throw new Fault({
      code: 'CONFIRMATION_NEEDED',
      scope: 'request',
      transient: false,
      message: `this would replace ${what}, and there is no terminal to ask on`,
      remedy: 'Add --yes when it is meant.',
    })
  }
  try {
    terminal.write(`This replaces ${safeText(what)}. They are gone then. Type "replace" to go on: `)
    return (await terminal.line())?.trim() === 'replace'
  } finally {
    terminal.close()
  }
}

function tell(
  request: RestoreRequest,
  manifest: Manifest,
  restored: Restored,
  roots: ReturnType<typeof serverRoots>,
  say: (text: string) => void,
): void {
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0)
  say(
    `Restored ${counted(rows, 'row')} of ${manifest.created.slice(0, 16).replace('T', ' ')} UTC, from ${manifest.host}. The ledger is in epoch ${restored.epoch}: what was copied after the backup is looked for before anything is copied.`,
  )
  if (request.withoutSecrets)
    say('Stored passwords were dropped: give the CSV files and the passwords of databases again.')
  if (!manifest.withKey && manifest.signer !== '')
    say(`Waybills that ${manifest.signer} signed stay this instance's own; new ones may be signed with another key.`)
  for (const { name, path } of restored.maildirs) {
    const isAllowed = roots === 'any' || roots.some((root) => path === root || path.startsWith(`${real(root)}/`))
    if (!isAllowed)
      say(
        `${sentence(`Warning: the mailbox database "${name}" lies in ${path}, which the service here may not use`)} Add its folder to WAYBILL_MAILDIR_ROOTS.`,
      )
    else if (!existsSync(path.split('{')[0]!))
      say(sentence(`Warning: the mail of the database "${name}" belongs in ${path}, and that is not there`))
  }
}

const real = (path: string): string => {
  if (path === '/') return path
  return existsSync(path) ? realpathSync(path) : join(real(dirname(path)), path.slice(dirname(path).length))
}

function notEmpty(what: string): Fault {
  return new Fault({
    code: 'RESTORE_NOT_EMPTY',
    scope: 'request',
    transient: false,
    message: `there are ${what}, and a backup is restored into what is empty`,
    remedy: 'Name an empty data folder or database; or add --force to replace what is there, after a backup of it.',
  })
}

function isRunning(folder: string): Fault {
  return new Fault({
    code: 'DATA_FOLDER_IN_USE',
    scope: 'instance',
    transient: false,
    message: `a service runs for the data folder ${folder}`,
    remedy: 'Stop it, then give the same command again.',
    facts: { folder },
  })
}
