/** What the commands about backups do; each loads only what it needs. */
import type { BackupDeeds } from '#cli/backup-commands.ts'
import type { ProcessRequest } from '#contract/serve.ts'
import type { Leading } from './run-cmdlet.ts'

/** --data and --config may stand in front of the command, too. `ended` is told the exit code. */
export function backupDeeds(leading: Leading, ended: (exitCode: number) => void): BackupDeeds {
  const chosen = <R extends ProcessRequest>(request: R): R => ({
    ...request,
    configFile: request.configFile ?? leading.config ?? null,
    given: { ...(leading.data === undefined ? {} : { dataFolder: leading.data }), ...request.given },
  })
  return {
    async backup(request) {
      const { runBackup } = await import('./run-backup.ts')
      ended(await runBackup(chosen(request)))
    },
    async restore(request) {
      const { runRestore } = await import('./run-restore.ts')
      ended(await runRestore(chosen(request)))
    },
    async rotateKey(request) {
      const { runRotateKey } = await import('./run-rotate-key.ts')
      ended(await runRotateKey(chosen(request)))
    },
    async newEpoch(request) {
      const { runNewEpoch } = await import('./run-new-epoch.ts')
      ended(await runNewEpoch(chosen(request)))
    },
  }
}
