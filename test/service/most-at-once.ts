import type { ServiceEvent } from '#contract/organization.ts'

/** From the event log alone: the most passes that had begun and not ended, by bucket. */
export function mostAtOnce(events: readonly ServiceEvent[], endpoint: string): Record<string, number> {
  const now: Record<string, number> = { initial: 0, incremental: 0 }
  const most: Record<string, number> = { initial: 0, incremental: 0 }
  for (const event of events) {
    if (event.endpoint !== endpoint) continue
    const bucket = String(event.facts['bucket'])
    if (event.kind === 'pass.started') now[bucket]!++
    if (event.kind === 'pass.ended') now[bucket]!--
    most[bucket] = Math.max(most[bucket] ?? 0, now[bucket] ?? 0)
  }
  return most
}
