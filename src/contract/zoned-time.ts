/** What time it is where; the zone's arithmetic is Intl's. */

/**
 * The instant at which the clocks of `zone` (an IANA name) show `wall`, which is a date and a time counted as if they were
 * UTC's, in ms. In the hour that summer time skips, as if it had not begun; of the hour that comes twice, the first.
 */
export function instantInZone(wall: number, zone: string): number {
  const before = wall - aheadOfUtc(wall - 86_400_000, zone)
  const after = wall - aheadOfUtc(wall + 86_400_000, zone)
  const fits = [before, after].filter((instant) => instant + aheadOfUtc(instant, zone) === wall)
  return fits.length > 0 ? Math.min(...fits) : before
}

/** What the clocks of `zone` are ahead of UTC at an instant, in ms. */
export function aheadOfUtc(instant: number, zone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const part = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
  const clock = Date.UTC(part['year']!, part['month']! - 1, part['day'], part['hour'], part['minute'], part['second'])
  return clock - Math.floor(instant / 1000) * 1000
}
