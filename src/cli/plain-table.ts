/** A table without lines, whose rows can be cut and pasted. */
import Table from 'cli-table3'

const NO_LINES = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .filter((name) => !/^(left|right)-(left|right)$|^mid-(left|right)$/.test(name))
    .map((name) => [name, '']),
)

export interface Column {
  readonly head: string
  readonly align: 'left' | 'right'
}

/** Cells are printed as they are: make hostile text safe first. */
export function plainTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    chars: { ...NO_LINES, middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ align }) => align),
  })
  for (const row of rows) table.push([...row])
  return table.toString().replace(/ +$/gm, '')
}
