/** Keeps the place of a chart that is being loaded: nothing jumps when it comes. */
export const ChartPlace = () => <div className="chart" aria-hidden="true" />
