/** `waybill migrate`, wired: signals, progress, result. */
import { safeJson } from '#base/safe-json.ts'
import type { MigrateOutput } from '#cli/migrate-command.ts'
import { progressView } from '#cli/render-progress.ts'
import { renderDryRun } from '#cli/render-dry-run.ts'
import { renderResult } from '#cli/render-result.ts'
import { silentLog } from '#base/log.ts'
import { Fault } from '#base/fault.ts'
import { EXIT, type MigrateRequest } from '#contract/migrate.ts'
import { acceptRequest, dryRun, migrate } from '#migration/migrate/migrate.ts'
import { loadSettings } from './configuration/load-settings.ts'
import { openWorld } from './open-world.ts'
import { stopSignals } from './stop-signals.ts'
import { tuningFromEnvironment } from './tuning.ts'

/** Answers the exit code; throws what refuses the input or keeps the command from starting. */
export async function runMigrate(request: MigrateRequest, output: MigrateOutput, startedAt: number): Promise<number> {
  const view = progressView(process.stderr, output.json)
  const tell = (event: Parameters<typeof view.show>[0]) => view.show(event)
  const settings = loadSettings(request)
  using signals = stopSignals((text) => tell({ kind: 'stopping', text }))
  try {
    const tuning = tuningFromEnvironment()
    const accepted = await acceptRequest(request, tell, silentLog, tuning.deadlines)
    if (request.dryRun) {
      const users = await dryRun(accepted, tell, signals.stopping)
      view.close()
      const badRows = accepted.csv.badRows.map(({ rowNumber, message }) => ({ rowNumber, message }))
      const { warnings } = accepted.csv
      process.stdout.write(
        output.json
          ? `${safeJson({ dryRun: true, users, badRows, warnings }, 2)}\n`
          : `${renderDryRun(users, badRows)}\n`,
      )
      if (signals.stopping.aborted) return EXIT.stopped
      return users.some(({ error }) => error) || badRows.length > 0 ? EXIT.someFailed : EXIT.ok
    }
    await using world = await openWorld(settings, 'service')
    const result = await migrate(
      accepted,
      {
        ledger: world.ledger,
        signer: world.signer,
        reports: world.reports,
        log: world.log,
        stopping: signals.stopping,
        aborting: AbortSignal.any([signals.aborting, world.store.lost]),
        startedAt,
        tuning: tuning.pass,
      },
      tell,
    )
    view.close()
    process.stdout.write(output.json ? `${safeJson(result, 2)}\n` : `\n${renderResult(result)}\n`)
    if (result.stopped) return EXIT.stopped
    return result.users.some(({ status }) => status !== 'Synced') || result.badRows.length > 0
      ? EXIT.someFailed
      : EXIT.ok
  } catch (thrown) {
    view.close()
    if (signals.stopping.aborted && !(thrown instanceof Fault)) return EXIT.stopped
    throw thrown
  }
}
