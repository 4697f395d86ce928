/** When a batch starts, as one enters it, and the instant that this is. */
import { aheadOfUtc, instantInZone } from '#contract/zoned-time.ts'

export interface Schedule {
  readonly start: 'manually' | 'now' | 'at'
  /** `2026-12-01` and `22:00`, as clocks in `zone` show it. */
  readonly date: string
  readonly time: string
  /** IANA name. */
  readonly zone: string
}

export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** The person's own first, then UTC, then all that the browser knows. */
export const zones = (): string[] => [...new Set([ownZone(), 'UTC', ...Intl.supportedValuesOf('timeZone')])]

/** The next ten in the evening, here: a batch that waits usually waits for the night. */
export function usualSchedule(now = new Date()): Schedule {
  const two = (value: number) => String(value).padStart(2, '0')
  const night = new Date(now)
  if (now.getHours() >= 22) night.setDate(now.getDate() + 1)
  const date = `${night.getFullYear()}-${two(night.getMonth() + 1)}-${two(night.getDate())}`
  return { start: 'manually', date, time: '22:00', zone: ownZone() }
}

/** ISO 8601 in UTC; null where date or time are none. */
export function startAfterOf({ date, time, zone }: Schedule): string | null {
  const wall = Date.parse(`${date}T${time}Z`)
  if (Number.isNaN(wall)) return null
  return new Date(instantInZone(wall, zone)).toISOString()
}

/** Whether the clocks there never show that time: summer time skips it, and the instant is another one on them. */
export function isSkipped(schedule: Schedule): boolean {
  const startAfter = startAfterOf(schedule)
  if (startAfter === null) return false
  const instant = Date.parse(startAfter)
  return instant + aheadOfUtc(instant, schedule.zone) !== Date.parse(`${schedule.date}T${schedule.time}Z`)
}

/** What is asked of the service. */
export const startOf = (schedule: Schedule) => ({
  autoStart: schedule.start === 'now',
  timeZone: schedule.zone,
  startAfter: schedule.start === 'at' ? startAfterOf(schedule) : null,
})

/** The other way: what stands in the form for a batch that has a StartAfter. */
export function scheduleOf(startAfter: string | null, zone: string): Schedule {
  if (startAfter === null) return usualSchedule()
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
  const [date = '', time = ''] = shown.format(new Date(startAfter)).split(' ')
  return { start: 'at', date, time, zone }
}
