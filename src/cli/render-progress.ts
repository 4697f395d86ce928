/** What is seen while a migration runs: bars on a terminal, plain lines otherwise, JSON lines when asked. */
import type { MigrateEvent } from '#contract/migrate.ts'
import { barView } from './progress-bars.ts'
import { jsonView } from './progress-json.ts'
import { lineView } from './progress-lines.ts'

export interface ProgressView {
  show(event: MigrateEvent): void
  /** The last word; nothing is shown after it. */
  close(): void
}

export function progressView(stream: NodeJS.WriteStream, json: boolean): ProgressView {
  if (json) return jsonView(stream)
  return stream.isTTY && process.env['TERM'] !== 'dumb' ? barView(stream) : lineView(stream)
}
