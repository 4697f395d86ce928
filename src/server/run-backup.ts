/** `waybill backup`, wired: beside a service, or with the database of a data folder that nobody serves. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { counted } from '#base/counted.ts'
import { Fault } from '#base/fault.ts'
import { safeText } from '#base/safe-text.ts'
import { bytes } from '#cli/quantities.ts'
import type { BackupRequest } from '#contract/backup.ts'
import { EXIT } from '#contract/migrate.ts'
import { signerOf } from '#migration/waybill/signer.ts'
import { SIGNING_KEY } from '#store/backup/files.ts'
import type { Manifest } from '#store/backup/manifest.ts'
import { nothing, writeBackup } from '#store/backup/write-backup.ts'
import { prepareDataFolder } from '#store/data-folder.ts'
import { readIfThere } from '#store/durable-file.ts'
import { hasAudit } from '#store/service/admin-audit.ts'
import { localAct, recordServiceAct } from '#store/service/service-acts.ts'
import { openStore } from '#store/open.ts'
import { writeFileAnew, writeToOutput } from './backup-file.ts'
import { databaseUrl } from './configuration/database-url.ts'
import { loadSettings } from './configuration/load-settings.ts'
import { openLog } from './open-log.ts'
import { progressLine } from './progress-line.ts'
import { isServed } from './service-socket.ts'
import { stopSignals } from './stop-signals.ts'

export async function runBackup(request: BackupRequest): Promise<number> {
  const settings = loadSettings(request)
  const url = databaseUrl(settings)
  const isToOutput = request.file === '-'
  if (isToOutput && process.stdout.isTTY) throw toTerminal()
  if (!url && !existsSync(join(settings.dataFolder, 'postgres'))) throw nothing(settings.dataFolder)
  const say = (text: string) => void process.stderr.write(`${safeText(text)}\n`)
  const folder = prepareDataFolder(settings.dataFolder)
  const log = openLog(settings, folder.logs)
  using signals = stopSignals(say)
  try {
    const joins = !url && (await isServed(settings.dataFolder))
    await using store = await openStore({
      dataFolder: settings.dataFolder,
      databaseUrl: url,
      joins,
      leavesSchema: true,
      log,
    })
    const signing = readIfThere(join(folder.keys, SIGNING_KEY))
    const line = progressLine(process.stderr)
    const options = {
      withKey: request.withKey,
      signer: signing === null ? '' : signerOf(signing.toString()).fingerprint,
      progress: line.show,
      signal: signals.stopping,
    }
    try {
      const write = () =>
        isToOutput
          ? writeToOutput((out) => writeBackup(store, out, options))
          : writeFileAnew(request.file, request.force, (out) => writeBackup(store, out, options))
      const act = localAct('waybill backup', { file: request.file, withKey: request.withKey })
      // A schema of before the audit log is backed up as it is, and has none.
      const manifest = (await hasAudit(store)) ? await recordServiceAct(store, act, write) : await write()
      line[Symbol.dispose]()
      tell(request, manifest, say)
    } finally {
      line[Symbol.dispose]()
    }
    return EXIT.ok
  } catch (thrown) {
    if (signals.stopping.aborted) {
      say('Stopped. There is no backup.')
      return EXIT.stopped
    }
    throw thrown
  } finally {
    log.close()
  }
}

function tell(request: BackupRequest, manifest: Manifest, say: (text: string) => void): void {
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0)
  const raw = [...manifest.tables, ...manifest.files].reduce((sum, one) => sum + one.bytes, 0)
  const files = manifest.files.filter(({ name }) => name.startsWith('files/')).length
  const size = request.file === '-' ? '' : ` ${bytes(statSync(request.file).size)} in ${request.file}:`
  say(`Backed up.${size} ${counted(rows, 'row')} and ${counted(files, 'file')}, ${bytes(raw)} before packing.`)
  if (request.withKey) {
    say('It holds the key to all stored passwords, and the one that signs waybills: guard it as you guard those.')
  } else if (manifest.secretKeys.length > 0) {
    say(
      `Not in it: the key to stored passwords, ${join(manifest.dataFolder, 'keys/secrets.key')}. Keep a copy elsewhere.`,
    )
  }
}

function toTerminal(): Fault {
  return new Fault({
    code: 'BACKUP_TO_TERMINAL',
    scope: 'request',
    transient: false,
    message: 'standard output is a terminal, and a backup is no text',
    remedy: 'Name a file, or send the output into a file or a pipe.',
  })
}
