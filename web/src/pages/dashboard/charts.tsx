/** The charts, in a chunk of their own. Each has its table beside it: whoever does not see it, reads that. */
import { LineChart, ScatterChart } from '@fluentui/react-charts'
import type { Series } from './series.ts'

const HEIGHT = 260
/** Of Fluent's palette: told apart in light and dark, and by those who see red and green alike. */
const COLORS = ['Blue', 'Pumpkin', 'Teal', 'Berry', 'Gold', 'Grape'].map(
  (name) => `var(--colorPalette${name}BorderActive)`,
)

const FRAME = { height: HEIGHT, margins: { left: 72, right: 28 }, yMinValue: 0, yAxisTickCount: 4 }

interface TimeChartProps {
  readonly title: string
  readonly series: readonly Series[]
  formatTime(at: Date): string
  format(value: number): string
}

export const TimeChart = ({ title, series, formatTime, format }: TimeChartProps) => (
  <div className="chart">
    <LineChart
      {...FRAME}
      data={{
        chartTitle: title,
        lineChartData: series.map(({ name, points }, at) => ({
          legend: name,
          data: points.map(({ x, y }) => ({ x, y, xAxisCalloutData: formatTime(x), yAxisCalloutData: format(y) })),
          color: COLORS[at % COLORS.length]!,
          lineOptions: { strokeWidth: '2', curve: 'linear' },
          hideNonActiveDots: true,
        })),
      }}
      yAxisTickFormat={format}
      customDateTimeFormatter={formatTime}
      hideTickOverlap
    />
  </div>
)

interface HoursChartProps {
  readonly title: string
  readonly xTitle: string
  readonly yTitle: string
  /** `label` and `said` are shown where one points at it. */
  readonly points: readonly {
    readonly hour: number
    readonly value: number
    readonly label: string
    readonly said: string
  }[]
  format(value: number): string
}

/** A point for each batch, over the hours of a day. */
export const HoursChart = ({ title, xTitle, yTitle, points, format }: HoursChartProps) => (
  <div className="chart">
    <ScatterChart
      {...FRAME}
      data={{
        chartTitle: title,
        scatterChartData: [
          {
            legend: yTitle,
            data: points.map(({ hour, value, label, said }) => ({
              x: hour,
              y: value,
              markerSize: 6,
              xAxisCalloutData: label,
              yAxisCalloutData: said,
            })),
            color: COLORS[0]!,
          },
        ],
      }}
      xMinValue={0}
      xMaxValue={24}
      tickValues={[0, 3, 6, 9, 12, 15, 18, 21, 24]}
      // The chart leaves room for its markers below the least value, whatever yMinValue says: nothing takes less than no time.
      yAxisTickFormat={(value: number) => (value < 0 ? '' : format(value))}
      xAxisTitle={xTitle}
      yAxisTitle={yTitle}
      hideLegend
    />
  </div>
)
