/** What was carried, as lines of a chart and as sums. */
import type { Throughput } from '#contract/dashboard.ts'
import { parseTimeSpan } from '#contract/timespan.ts'

export type Told = Throughput
export type Measure = 'items' | 'bytes'

export interface Series {
  readonly name: string
  /** One for each step; `y` in a second. */
  readonly points: readonly { readonly x: Date; readonly y: number }[]
}

const valueOf = (point: Told['points'][number], measure: Measure) =>
  measure === 'items' ? point.itemsTransferred : point.bytesTransferred

/** By endpoint, over the whole time: where nothing was carried, it is nought. The step that goes on counts as far as it has come. */
export function seriesOf({ from, to, step, points }: Told, measure: Measure): Series[] {
  const stepMs = (parseTimeSpan(step) ?? 60) * 1000
  const [start, end] = [Date.parse(from), Date.parse(to)]
  const names = [...new Set(points.map(({ endpoint }) => endpoint))].sort()
  return names.map((name) => {
    const carried = new Map(
      points
        .filter(({ endpoint }) => endpoint === name)
        .map((point) => [Date.parse(point.dateTime), valueOf(point, measure)]),
    )
    const steps = Math.ceil((end - start) / stepMs)
    return {
      name,
      points: Array.from({ length: steps }, (_, at) => {
        const x = start + at * stepMs
        // Of a step that has just begun one message would make a peak.
        const seconds = Math.max(stepMs / 4, Math.min(stepMs, end - x)) / 1000
        return { x: new Date(x), y: (carried.get(x) ?? 0) / seconds }
      }),
    }
  })
}

/** By endpoint, who carried most first. */
export function sumsOf({ points }: Told): { endpoint: string; items: number; bytes: number }[] {
  return [...Map.groupBy(points, ({ endpoint }) => endpoint)]
    .map(([endpoint, of]) => ({
      endpoint,
      items: of.reduce((sum, point) => sum + point.itemsTransferred, 0),
      bytes: of.reduce((sum, point) => sum + point.bytesTransferred, 0),
    }))
    .sort((a, b) => b.bytes - a.bytes)
}
