/** PowerShell's Format-Table: heads, dashes, rows; numbers to the right; cut to the terminal's width. */
import { safeText } from '#base/safe-text.ts'
import { plainTable } from '../plain-table.ts'
import { type Column, defaultColumns, namedColumns } from './columns.ts'
import type { Sink } from './declare.ts'
import { display } from './display.ts'
import { propertiesOf, type PipeObject } from './shape.ts'

const GAP = 2
/** A column is never cut below this. */
const LEAST = 8

export interface TableOptions {
  readonly properties: readonly string[] | undefined
  readonly hideHeaders?: boolean
}

/** The first object decides the columns. */
export async function writeTable(
  objects: AsyncIterable<PipeObject>,
  { properties, hideHeaders = false }: TableOptions,
  sink: Pick<Sink, 'text' | 'width'>,
): Promise<void> {
  let columns: readonly Column[] | null = null
  const rows: string[][] = []
  const isNumber: boolean[] = []
  for await (const object of objects) {
    columns ??= properties
      ? namedColumns(properties, object)
      : (defaultColumns(object) ?? namedColumns(propertiesOf(object).slice(0, 10), object))
    rows.push(
      columns.map(({ of }, at) => {
        const value = of(object)
        if (value !== null && value !== undefined) isNumber[at] = (isNumber[at] ?? true) && typeof value === 'number'
        return display(value)
      }),
    )
  }
  if (!columns || columns.length === 0) return
  const heads = columns.map(({ head }) => safeText(head))
  const lines = hideHeaders ? rows : [heads, heads.map((head) => '-'.repeat(head.length)), ...rows]
  const widths = fit(
    heads.map((_, at) => lines.reduce((most, line) => Math.max(most, Array.from(line[at]!).length), 0)),
    sink.width,
  )
  const cells = lines.map((line) => line.map((cell, at) => cut(cell, widths[at]!)))
  const [first = [], ...rest] = cells
  const table = plainTable(
    first.map((head, at) => ({ head, align: isNumber[at] ? 'right' : 'left' })),
    rest,
  )
  await sink.text(`\n${table}\n\n`)
}

const cut = (cell: string, width: number): string => {
  const signs = Array.from(cell)
  return signs.length > width ? `${signs.slice(0, width - 1).join('')}…` : cell
}

/** The widest column gives until all fit. */
function fit(widths: readonly number[], total: number | null): number[] {
  const fitted = [...widths]
  if (total === null) return fitted
  const over = () => fitted.reduce((sum, width) => sum + width + GAP, -GAP) - total
  while (over() > 0) {
    const widest = Math.max(...fitted)
    if (widest <= LEAST) break
    fitted[fitted.indexOf(widest)]!--
  }
  return fitted
}
